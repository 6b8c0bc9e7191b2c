"use strict";
// A digit that is drawn: prepared as datasets/src/handwriting.rs does it, then read by the lines of three_net.rs
// with the weights in net.js.
const draw = (() => {
    const draw = { weights: null, pixels: null, values: null, stroke: null };
    const { one, make } = show;
    const pen = () => one("#draw-square").getContext("2d", { willReadFrequently: true });
    const f = Math.fround;
    const [side, box, centre] = [28, 20, 14];
    const range = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);

    // The ink of each pixel, 0 to 255, and what counts as ink. The paper of the square is known: it is white.
    function inkOf(shades, cols) {
        const pixels = Uint8Array.from(shades, (shade) => 255 - shade);
        const counts = new Array(256).fill(0);
        for (const ink of pixels) counts[ink] += 1;
        const reached = (share) => {
            let left = Math.trunc(share * pixels.length);
            const found = counts.findIndex((count) => left < count || ((left -= count), false));
            return found < 0 ? 255 : found;
        };
        const [middle, above] = [reached(0.5), reached(0.84)];
        const noise = Math.min(255, middle + 3 * Math.min(20, above - middle));
        const power = (n) => range(noise, 256).reduce((sum, v) => sum + counts[v] * v ** n, 0);
        const mean = power(2) > 0 ? power(3) / power(2) : 255;
        const least = (...limits) => Math.min(255, Math.trunc(Math.max(...limits)));
        const [threshold, dark] = [least(0.25 * mean, noise + 1, 20), least(0.5 * mean, 2 * noise, 40)];
        const rows = pixels.length / cols;
        const turned = transposed(takeOutRows(pixels, cols, threshold), cols);
        return { pixels: transposed(takeOutRows(turned, rows, threshold), rows), rows, cols, noise, threshold, dark };
    }
    const transposed = (pixels, cols) => Uint8Array.from(pixels, (_, k) => pixels[(k % (pixels.length / cols)) * cols + Math.floor(k / (pixels.length / cols))]);
    // Removes thin lines along the rows, askew or not, if there are several, but not where a stroke crosses them.
    function takeOutRows(pixels, cols, threshold) {
        const rows = pixels.length / cols;
        const most = Math.trunc(cols / 40);
        // In column x, line i is in row i + shifts[x] − 2 · most.
        const shiftsOf = (rise) => range(0, cols).map((x) => most + Math.trunc((rise * (2 * x - cols)) / (2 * cols)));
        const count = (places, shifts) => {
            const counts = new Array(rows + 2 * most).fill(0);
            for (const k of places) counts[Math.floor(k / cols) + 2 * most - shifts[k % cols]] += 1;
            return counts;
        };
        const inked = range(0, pixels.length).filter((k) => pixels[k] >= threshold);
        // At the right slope a few lines have most of the ink. Of equal ones, the last counts.
        let [shifts, sharpest] = [null, -1];
        for (const rise of range(0, 2 * most + 1).reverse().flatMap((rise) => [rise, -rise])) {
            const tried = shiftsOf(rise);
            const sharpness = count(inked, tried).reduce((sum, n) => sum + n * n, 0);
            if (sharpness >= sharpest) [shifts, sharpest] = [tried, sharpness];
        }
        const [found, visible] = [count(inked, shifts), count(pixels.keys(), shifts)];
        const full = found.map((n, i) => 2 * n > visible[i] && 8 * visible[i] > cols);
        const bands = [];
        full.forEach((is, line) => {
            if (is && !full[line - 1]) bands.push([line, line]);
            if (is) bands.at(-1)[1] = line + 1;
        });
        const thin = bands.filter(([from, to]) => to - from <= Math.max(Math.trunc(rows / 50), 4));
        for (const [start, end] of thin.length < 2 ? [] : thin) {
            const [from, to] = [Math.max(start - 1, 0), end + 1];
            for (const x of range(0, cols)) {
                const row = (line) => line + shifts[x] - 2 * most;
                const is = (line) => row(line) >= 0 && row(line) < rows && pixels[row(line) * cols + x] >= threshold;
                if (from > 0 && is(from - 1) && is(to)) continue;
                for (const line of range(from, to)) if (row(line) >= 0 && row(line) < rows) pixels[row(line) * cols + x] = 0;
            }
        }
        return pixels;
    }
    const size = (mark) => Math.max(mark.bottom - mark.top, mark.right - mark.left);
    // The pieces of ink that hang together, at edges or corners.
    function pieces({ pixels, rows, cols, threshold }) {
        const left = Array.from(pixels, (ink) => ink >= threshold);
        const found = [];
        for (let start = left.indexOf(true); start >= 0; start = left.indexOf(true, start)) {
            left[start] = false;
            const mark = { pixels: [start], top: rows, bottom: 0, left: cols, right: 0 };
            for (let next = 0; next < mark.pixels.length; next++) {
                const [y, x] = [Math.floor(mark.pixels[next] / cols), mark.pixels[next] % cols];
                Object.assign(mark, { top: Math.min(mark.top, y), bottom: Math.max(mark.bottom, y + 1), left: Math.min(mark.left, x), right: Math.max(mark.right, x + 1) });
                for (const near of range(Math.max(y - 1, 0), Math.min(y + 2, rows)).flatMap((y) => range(Math.max(x - 1, 0), Math.min(x + 2, cols)).map((x) => y * cols + x))) {
                    if (left[near]) mark.pixels.push(near);
                    left[near] = false;
                }
            }
            found.push(mark);
        }
        return found;
    }
    // The marks that may be digits, each with the small pieces near it.
    function marksOf(ink) {
        const { rows, cols } = ink;
        const tall = (mark) => mark.bottom - mark.top;
        const gap = (a, b) => [Math.max(0, Math.max(a.left, b.left) - Math.min(a.right, b.right)), Math.max(0, Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom))];
        const isDark = (piece) => 4 * piece.pixels.filter((k) => ink.pixels[k] >= ink.dark).length > piece.pixels.length;
        const isAcross = (piece) => (piece.left === 0 && piece.right === cols) || (piece.top === 0 && piece.bottom === rows);
        const isBeside = (piece) => {
            const n = piece.pixels.filter((k) => k % cols === 0 || k % cols === cols - 1 || k < cols || k >= (rows - 1) * cols).length;
            if (isAcross(piece)) return n > 2 * size(piece);
            return n > 0 && (3 * n >= size(piece) || piece.pixels.length < 5 * size(piece));
        };
        let all = pieces(ink).filter((piece) => size(piece) >= 5 && isDark(piece) && !isBeside(piece));
        if (!all.every(isAcross)) all = all.filter((piece) => !isAcross(piece));
        all.sort((a, b) => tall(b) - tall(a));
        const largest = Math.max(0, ...all.map(size));
        const marks = [];
        for (const piece of all) {
            if (10 * size(piece) < largest) continue;
            const near = marks.filter((mark) => {
                const [across, down] = gap(mark, piece);
                const isBar = 5 * tall(piece) <= 2 * size(mark) && 3 * Math.max(across, down) <= size(mark);
                return isBar || (5 * tall(piece) <= 3 * size(mark) && across === 0 && 5 * down <= size(mark));
            }).sort((a, b) => gap(a, piece)[0] - gap(b, piece)[0] || gap(a, piece)[1] - gap(b, piece)[1]);
            if (near.length) {
                near[0].pixels.push(...piece.pixels);
                for (const end of ["top", "left"]) near[0][end] = Math.min(near[0][end], piece[end]);
                for (const end of ["bottom", "right"]) near[0][end] = Math.max(near[0][end], piece[end]);
            } else if (4 * size(piece) >= largest) marks.push(piece);
        }
        return marks;
    }
    // The mark as MNIST would have it: 20 × 20 by area averages, its centre of mass in the middle of 28 × 28.
    function fit(ink, mark) {
        const [rows, cols] = [mark.bottom - mark.top, mark.right - mark.left];
        const shades = new Uint8Array(rows * cols);
        for (const k of mark.pixels) shades[(Math.floor(k / ink.cols) - mark.top) * cols + (k % ink.cols) - mark.left] = ink.pixels[k];
        const inked = mark.pixels.map((k) => ink.pixels[k]).sort((a, b) => a - b);
        const [full, none] = [inked[Math.trunc(inked.length / 2)], ink.noise];
        const scale = f(box / Math.max(rows, cols));
        const [high, wide] = [rows, cols].map((length) => Math.min(Math.max(Math.round(f(length * scale)), 1), box));
        const [down, across] = [f(high / rows), f(wide / cols)];
        const spread = (at, scale, length, add) => {
            const [from, to] = [f(at * scale), f((at + 1) * scale)];
            for (const place of range(Math.trunc(from), Math.min(Math.ceil(to), length))) {
                const share = f(Math.min(to, place + 1) - Math.max(from, place));
                if (share > 0) add(place, share);
            }
        };
        const sums = new Float32Array(high * wide);
        for (const y of range(0, rows)) {
            const line = new Float32Array(wide);
            for (const x of range(0, cols)) {
                const dark = Math.min(Math.max(f((shades[y * cols + x] - none) / Math.max(full - none, 1)), 0), 1);
                if (dark > 0) spread(x, across, wide, (at, share) => (line[at] += f(dark * share)));
            }
            spread(y, down, high, (at, share) => line.forEach((dark, x) => (sums[at * wide + x] += f(dark * share))));
        }
        const darkest = [...sums].filter((dark) => dark > f(0.05)).sort((a, b) => a - b);
        const most = Math.min(darkest[Math.trunc((darkest.length * 9) / 10)] ?? 1, 1);
        const pixels = Array.from(sums, (dark) => Math.round(f(255 * Math.min(f(dark / most), 1))));
        const mass = pixels.reduce((sum, dark) => sum + dark, 0);
        const offset = (of, length) => Math.min(Math.max(Math.ceil(centre - 0.5 - pixels.reduce((sum, dark, k) => sum + dark * of(k), 0) / mass), 0), side - length);
        const [top, left] = [offset((k) => Math.floor(k / wide), high), offset((k) => k % wide, wide)];
        const digit = new Uint8Array(side * side);
        pixels.forEach((dark, k) => (digit[(top + Math.floor(k / wide)) * side + left + (k % wide)] = dark));
        return digit;
    }
    // Of a picture on white paper: the 784 pixels of its largest mark, and how many marks there are.
    function prepare(shades, cols) {
        const ink = inkOf(shades, cols);
        const marks = marksOf(ink).sort((a, b) => b.pixels.length - a.pixels.length);
        return { pixels: marks.length ? fit(ink, marks[0]) : null, marks: marks.length };
    }

    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    function weights() {
        return Object.fromEntries(Object.entries(net.weights).map(([name, [rows, cols, text]]) => {
            const view = new DataView(bytes(text).buffer);
            return [name, run.matrix(rows, cols, (k) => view.getFloat32(4 * k, true))];
        }));
    }
    const number = (x) => run.matrix(1, 1, () => x);
    // Numbers from 0 to `most` as shades of grey.
    function paint(canvas, data, most) {
        if (data && canvas.width === 20) canvas.height = Math.ceil(data.length / 20);
        const context = canvas.getContext("2d");
        const picture = context.createImageData(canvas.width, canvas.height);
        for (let k = 0; k < canvas.width * canvas.height; k++) picture.data.set([0, 0, 0, data ? Math.round((255 * data[k]) / most) : 0], 4 * k);
        context.putImageData(picture, 0, 0);
    }
    // What the lines make of the digit: forward alone, or with a label one whole step.
    function compute(label) {
        const values = { ...draw.weights, n: number(1), eta: number(show.typed(one("#draw-eta").value) || 0), lambda: number(0) };
        values.a0 = run.matrix(1, side * side, (k) => draw.pixels[k] / net.scale);
        values.y = run.matrix(1, 10, (k) => Number(k === label));
        const forward = run.steps.slice(0, run.steps.findIndex((step) => step.result === "probs") + 1);
        return run.compute(values, label === undefined ? forward : run.steps);
    }
    const percent = (p) => `${(100 * p).toFixed(2)} %`;
    function showDigit(before) {
        paint(one("#draw-seen"), draw.pixels, 255);
        if (!net.weights || !draw.pixels) return;
        draw.values = compute();
        const { a1, a2, probs } = draw.values;
        paint(one("#draw-a1"), a1.data, Math.max(...a1.data) || 1);
        paint(one("#draw-a2"), a2.data, Math.max(...a2.data) || 1);
        const best = probs.data.indexOf(Math.max(...probs.data));
        [...one("#draw-probs").rows].forEach((row, k) => {
            row.classList.toggle("best", k === best);
            row.cells[1].firstChild.value = probs.data[k];
            row.cells[2].textContent = percent(probs.data[k]) + (before ? `, before ${percent(before[k])}` : "");
        });
    }
    // The lines light up as they run, one after the other.
    function light(from = 0) {
        const lines = [...one("#draw-lines").children];
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
        clearTimeout(draw.timer);
        lines.forEach((line, k) => line.classList.toggle("lit", still ? k < draw.ran : k === from));
        const list = one("#draw-lines");
        list.scrollTop = (lines[from]?.offsetTop ?? 0) - list.clientHeight / 2;
        if (!still && from < draw.ran) draw.timer = setTimeout(() => light(from + 1), 90);
    }
    function say(text) {
        one("#draw-said").textContent = text;
    }
    function read(done) {
        const square = one("#draw-square");
        const { data } = pen().getImageData(0, 0, square.width, square.height);
        const { pixels, marks } = prepare(Array.from({ length: data.length / 4 }, (_, k) => data[4 * k]), square.width);
        draw.pixels = pixels;
        showDigit();
        if (done && marks) answer(marks > 1 ? ` There are ${marks} marks here: the largest is read, a digit is one piece.` : "");
    }
    function answer(more = "") {
        draw.ran = 6;
        if (!net.weights) return say(net.missing);
        light();
        const { data } = draw.values.probs;
        return say(`This is a ${data.indexOf(Math.max(...data))}, ${percent(Math.max(...data))}.${more}`);
    }
    function clear() {
        const context = pen();
        context.fillStyle = "#fff";
        context.fillRect(0, 0, 280, 280);
        one("#draw-test").value = "";
    }
    function learn() {
        if (!draw.pixels || !net.weights) return;
        const label = Number(one("#draw-label").value);
        const before = draw.values.probs.data;
        const values = compute(label);
        for (const step of run.steps) if (step.update) draw.weights[step.result] = values[step.key];
        showDigit(before);
        draw.ran = run.steps.length;
        light();
        const after = draw.values.probs.data;
        say(`One step with the label ${label}: its probability went from ${percent(before[label])} to ${percent(after[label])}, the loss from ${show.number(values.data_loss.data[0])} to ${show.number(-Math.log(after[label]))}.`);
    }
    function test(k) {
        clear();
        one("#draw-test").value = String(k);
        draw.pixels = bytes(net.digits[k]);
        showDigit();
        answer();
    }
    function listen(square) {
        const at = (event) => {
            const rect = square.getBoundingClientRect();
            return [((event.clientX - rect.left) * 280) / rect.width, ((event.clientY - rect.top) * 280) / rect.height];
        };
        const stroke = (event) => {
            const context = pen();
            Object.assign(context, { lineWidth: 22, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
            context.beginPath();
            context.moveTo(...draw.stroke);
            draw.stroke = at(event);
            context.lineTo(...draw.stroke);
            context.stroke();
        };
        square.addEventListener("pointerdown", (event) => {
            if (event.button) return;
            if (one("#draw-test").value) clear();
            square.setPointerCapture(event.pointerId);
            draw.stroke = at(event);
            stroke(event);
        });
        square.addEventListener("pointermove", (event) => {
            if (!draw.stroke) return;
            for (const part of event.getCoalescedEvents?.() ?? []) stroke(part);
            stroke(event);
            draw.frame ??= requestAnimationFrame(() => {
                draw.frame = null;
                read();
            });
        });
        for (const end of ["pointerup", "pointercancel"]) {
            square.addEventListener(end, () => {
                if (draw.stroke) read(true);
                draw.stroke = null;
            });
        }
    }
    document.addEventListener("DOMContentLoaded", () => {
        const option = (k) => make("option", { value: k, textContent: k });
        run.steps = Object.entries(net.steps).map(([tag, step]) => Object.assign(step, { tag, update: step.key !== step.result }));
        for (const step of run.steps) {
            const link = make("a", { href: `04-three-net.html#${step.tag}`, textContent: `(${step.tag})` });
            one("#draw-lines").append(make("li", {}, link, " ", make("code", { textContent: step.line })));
        }
        for (const k of range(0, 10)) {
            const row = one("#draw-probs").insertRow();
            row.insertCell().textContent = k;
            row.insertCell().append(document.createElement("meter"));
            row.insertCell();
            one("#draw-label").append(option(k));
        }
        net.digits.forEach((_, k) => one("#draw-test").append(option(k)));
        one("#draw-eta").value = net.eta;
        if (net.weights) draw.weights = weights();
        else say(net.missing);
        clear();
        listen(one("#draw-square"));
        one("#draw-clear").addEventListener("click", () => {
            clear();
            draw.pixels = null;
            paint(one("#draw-seen"), null, 255);
            say("Draw a digit, in one piece.");
        });
        one("#draw-test").addEventListener("change", () => one("#draw-test").value && test(Number(one("#draw-test").value)));
        one("#draw-learn").addEventListener("click", learn);
        one("#draw-forget").addEventListener("click", () => {
            if (net.weights) draw.weights = weights();
            showDigit();
        });
    });
    return Object.assign(draw, { prepare });
})();
