"use strict";
// The numbers of the page. `render` shows a state of the run wherever a block names its letters: the slider hands
// it a recorded one, and whoever computes another hands it that one. Other scripts use `show` and hear of each
// state by the event "show".
const show = (() => {
    const show = { data: null, state: null, chosen: null, result: null, trail: [] };
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const one = (selector, within = document) => within.querySelector(selector);
    function make(name, about = {}, ...children) {
        const element = Object.assign(document.createElement(name), about);
        element.append(...children);
        return element;
    }

    // What a reader has chosen is kept, where there is a place for it.
    function stored(key, value) {
        try {
            if (value !== undefined) localStorage.setItem(key, value);
            return localStorage.getItem(key) ?? "";
        } catch {
            return value ?? "";
        }
    }

    // Numbers as Rust writes them: four significant digits, a real minus.
    function number(x) {
        if (Number.isInteger(x) && Math.abs(x) < 1e4) return String(x + 0).replace("-", "−");
        const exponent = Number(x.toExponential(3).split("e")[1]);
        const text = exponent >= -3 && exponent < 4 ? x.toPrecision(4) : x.toExponential(3).replace("e+", "e");
        return text.replaceAll("-", "−");
    }
    // A number as a reader types it; of no number NaN.
    const typed = (text) => (text.trim() ? Number(text.replace(",", ".").replaceAll("−", "-")) : NaN);
    // Of a letter, or of a tag for what an update makes of one: its entries row by row, and its shape.
    function entries(key) {
        return show.state.values[key];
    }
    function shape(key) {
        if (show.state?.shapes?.[key]) return show.state.shapes[key];
        const { rows, cols } = show.data.values[key];
        return [rows, cols];
    }
    // A state of the recording that is chosen: { iteration, loss, predicts, values: { letter: entries }, recorded: its place }.
    function recorded(place) {
        const { iterations, loss, predicts, values } = show.data;
        const at = ([key, { all }]) => [key, all[Math.min(place, all.length - 1)]];
        return { iteration: iterations[place], loss: loss[place], predicts: predicts[place], recorded: place,
            values: Object.fromEntries(Object.entries(values).map(at)) };
    }

    function colour(x, largest, stopped) {
        const size = x === 0 ? 0 : Math.ceil((Math.abs(x) / largest) * 3);
        return (x < 0 ? "m" : "p") + size + (stopped ? " stopped" : "");
    }
    // One power of ten for a matrix, and three digits for its largest entry.
    function scale(values) {
        const largest = Math.max(...values.map(Math.abs));
        const whole = largest < 1e3 && values.every(Number.isInteger);
        const exponent = whole ? 2 : Number(largest.toExponential(2).split("e")[1]);
        const power = exponent >= -1 && exponent < 3 ? 0 : exponent;
        const text = (x) => (x === 0 ? "0" : (x / 10 ** power).toFixed(2 - exponent + power).replace("-", "−"));
        return { power, text };
    }
    // What row or column i stands for.
    function place(letter, i) {
        return { N: `sample ${i}`, m: `sample ${i}`, D: `x${i + 1}`, H: `unit ${i}`, K: `class ${i}` }[letter?.[0]] ?? "";
    }
    const sides = (figure) => document.getElementById(`card-${figure.dataset.s}`)?.dataset.shape.split(" × ") ?? [];
    // The equation that makes the numbers of a key.
    const maker = (key) => Object.entries(show.data.steps).find(([, step]) => step.key === key)?.[0];

    // All numbers of the page are those of one state. `shapes` may hold those that aren't the recording's.
    function render(state) {
        show.state = state;
        for (const element of all("[data-key]")) {
            const values = entries(element.dataset.key);
            if (!values) continue;
            if (element.localName === "figure") fill(element, values);
            else element.textContent = number(values[0]);
        }
        one("#book-iteration").textContent = state.iteration;
        const loss = [state.loss].flat().map(number).join(", ");
        one("#book-loss").textContent = loss;
        one("#book-predicts").textContent = state.predicts;
        one("#book-predicts").parentElement.hidden = !state.predicts;
        one("#book-slider").setAttribute("aria-valuetext", `iteration ${state.iteration}, loss ${loss}`);
        if (show.chosen) choose(show.chosen.figure, show.chosen.k);
        document.dispatchEvent(new CustomEvent("show", { detail: state }));
    }
    // Entries as they stand in a matrix, the first row and column being names; k counts them. `at` is the place among
    // the letter's own entries: a transposed matrix shows them by columns.
    const cells = (figure) => all("tr + tr td", figure);
    const turned = (figure) => "turned" in figure.dataset;
    function seen(figure) {
        const [rows, cols] = shape(figure.dataset.key);
        return turned(figure) ? [cols, rows] : [rows, cols];
    }
    function at(figure, k) {
        const [rows, cols] = seen(figure);
        return turned(figure) ? (k % cols) * rows + Math.floor(k / cols) : k;
    }
    function fill(figure, values) {
        const [rows, cols] = seen(figure);
        if (all("th[scope=row]", figure).length !== rows || all("th[scope=col]", figure).length !== cols) build(figure, rows, cols);
        const largest = Math.max(...values.map(Math.abs));
        const mask = show.data.steps[figure.dataset.result]?.stopped;
        const { power, text } = values.length > 1 ? scale(values) : { power: 0, text: number };
        cells(figure).forEach((cell, k) => {
            const x = values[at(figure, k)];
            cell.textContent = text(x);
            cell.title = String(x);
            cell.className = colour(x, largest, mask && entries(mask)[k] < 0);
        });
        const ten = one(".power", figure);
        ten.textContent = power ? " × 10" : "";
        if (power) ten.append(make("sup", { textContent: String(power).replace("-", "−") }));
    }
    function build(figure, rows, cols) {
        const head = (scope, textContent) => make("th", { scope, role: textContent ? null : "presentation", textContent });
        const [down, across] = turned(figure) ? sides(figure).toReversed() : sides(figure);
        const range = (n, of) => Array.from({ length: n }, (_, k) => of(k));
        const first = make("tr", {}, make("td"), ...range(cols, (j) => head("col", place(across, j))));
        const lines = range(rows, (i) => make("tr", {}, head("row", place(down, i)), ...range(cols, () => make("td", { tabIndex: -1 }))));
        all("tr", figure)[0].parentElement.replaceChildren(first, ...lines);
        one(".shape", figure).textContent = `${rows} × ${cols}`;
        cells(figure)[0].tabIndex = 0;
    }

    // Where an entry comes from: the operation is read from the line by Rust; here it is written out.
    const functions = {
        relu: (x) => (x < 0 ? 0 : x),
        relu_prime: (x) => (x >= 0 ? 1 : 0),
        sigmoid: (x) => 1 / (1 + Math.exp(-x)),
        softplus: (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))),
        sqrt: (x) => Math.sqrt(x),
        exp: (x) => Math.exp(x),
        ln: (x) => Math.log(x),
        abs: (x) => Math.abs(x),
    };
    function size([kind, a, b]) {
        if (kind === "value") return shape(a);
        if (kind === "t") return size(a).toReversed();
        if (kind === "dot") return [size(a)[0], size(b)[1]];
        if (kind === "sum_of_rows") return [1, size(a)[1]];
        if (["number", "sum", "norm_squared", "cross_entropy"].includes(kind)) return [1, 1];
        if (["+", "-", "*", "/"].includes(kind) && String(size(a)) === "1,1") return size(b);
        return size(a);
    }
    // Entry (i, j) written out; `from` collects the entries of the letters in it.
    function entry(op, i, j, from) {
        const [kind, a, b] = op;
        const signed = (text) => (/^−|[ ]/.test(text) ? `(${text})` : text);
        const text = (op, i, j) => (String(size(op)) === "1,1" ? entry(op, 0, 0, from) : entry(op, i, j, from));
        const part = (op, i, j) => signed(text(op, i, j));
        const row = (op, i) => Array.from({ length: size(op)[1] }, (_, k) => text(op, i, k));
        const column = (op, of) => Array.from({ length: size(op)[0] }, (_, k) => of(k));
        const powers = (i) => row(a, i).map((x) => `exp(${x})`);
        switch (kind) {
            case "number":
                return String(a);
            case "value":
                from.push([a, i * shape(a)[1] + j]);
                return number(entries(a)[i * shape(a)[1] + j]);
            case "t":
                return text(a, j, i);
            case "dot":
                return row(a, i).map((x, k) => `${signed(x)} · ${part(b, k, j)}`).join(" + ");
            case "add_row":
                return `${text(a, i, j)} + ${part(b, 0, j)}`;
            case "sum_of_rows":
                return column(a, (k) => part(a, k, j)).join(" + ");
            case "softmax_of_rows":
                return `${powers(i)[j]} / (${powers(i).join(" + ")})`;
            case "sum":
                return column(a, (i) => row(a, i).map(signed)).flat().join(" + ");
            case "norm_squared":
                return column(a, (i) => row(a, i).map((x) => `${signed(x)}²`)).flat().join(" + ");
            case "cross_entropy": {
                // Less the score of the true class: of labels between 0 and 1, of each its share.
                const share = (y, z) => (y === "0" ? [] : [y === "1" ? signed(z) : `${signed(y)} · ${signed(z)}`]);
                const losses = column(a, (i) => [`ln(${powers(i).join(" + ")})`, ...row(b, i).flatMap((y, k) => share(y, text(a, i, k)))].join(" − "));
                return `(${losses.join(" + ")}) / ${losses.length}`;
            }
            default: {
                if (Object.hasOwn(functions, kind)) return `${kind.replace("_prime", "′")}(${text(a, i, j)})`;
                const sign = { "+": "+", "-": "−", "*": "·", "/": "/" }[kind];
                return `${kind === "+" || kind === "-" ? text(a, i, j) : part(a, i, j)} ${sign} ${part(b, i, j)}`;
            }
        }
    }
    // An entry is written out: its place, what it is the sum of, its value. From an operand's, the way leads to where
    // it is made, and back.
    function choose(figure, k) {
        for (const cell of all(".chosen, .from")) cell.classList.remove("chosen", "from");
        const block = figure.closest(".numbers");
        if (show.chosen && show.chosen.figure.closest(".numbers") !== block) one(".sum", show.chosen.figure.closest(".numbers")).textContent = "";
        const { s, key, result } = figure.dataset;
        const place_ = at(figure, k);
        const cols = shape(key)[1];
        const [i, j] = [Math.floor(place_ / cols), place_ % cols];
        for (const cell of cells(figure)) cell.tabIndex = -1;
        const chosen = cells(figure)[k];
        chosen.tabIndex = 0;
        chosen.classList.add("chosen");
        const names = sides(figure).map((side, d) => place(side, [i, j][d])).filter(Boolean);
        const text = one(".sum", block);
        let said = `${s}[(${i}, ${j})]${names.length ? `, ${names.join(", ")}` : ""} = `;
        const value = entries(key)[place_];
        if (result) {
            const from = [];
            const written = entry(show.data.steps[result].op, i, j, from);
            for (const [name, k] of from) {
                for (const operand of all(`figure[data-key="${name}"]:not([data-result])`, block)) cells(operand).forEach((cell, c) => at(operand, c) === k && cell.classList.add("from"));
            }
            if (written !== number(value)) said += `${written} = `;
            show.result = { figure, k };
        }
        text.textContent = said + String(value).replaceAll("-", "−");
        const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
        const made = !result && maker(key);
        if (made) text.append(" ", button(`made by (${made})`, () => walk(figure, k)));
        if (show.trail.length) text.append(" ", button(`back to (${show.trail.at(-1).figure.dataset.result ?? "…"})`, back));
        show.chosen = { figure, k };
    }
    function walk(figure, k) {
        const made = one(`figure[data-result="${maker(figure.dataset.key)}"]`);
        if (!made) return;
        const here = figure.closest(".numbers");
        show.trail.push(show.result?.figure.closest(".numbers") === here ? show.result : { figure, k });
        visit(made, at(figure, k));
    }
    function back() {
        const { figure, k } = show.trail.pop();
        visit(figure, k);
    }
    function visit(figure, k) {
        const block = figure.closest(".numbers");
        block.open = true;
        choose(figure, k);
        document.dispatchEvent(new CustomEvent("arrive", { detail: document.getElementById(block.dataset.of) }));
        cells(figure)[k].focus({ preventScroll: true });
    }
    const cellOf = (target) => {
        const cell = target.closest?.(".matrix tr + tr td");
        const figure = cell?.closest("figure");
        return cell && { figure, k: cells(figure).indexOf(cell) };
    };
    function onKey(event) {
        const cell = cellOf(event.target);
        if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
        const { figure, k } = cell;
        const [rows, cols] = seen(figure);
        const [i, j] = [Math.floor(k / cols), k % cols];
        const to = { ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1], ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], Home: [i, 0], End: [i, cols - 1] }[event.key];
        if (event.key === "Enter" && !figure.dataset.result) walk(figure, k);
        if (!to) return;
        event.preventDefault();
        if (to[0] >= 0 && to[0] < rows && to[1] >= 0 && to[1] < cols) cells(figure)[to[0] * cols + to[1]].focus({ preventScroll: true });
    }

    // The slider: it stands where the reader left it, on any page.
    function slide(slider, place) {
        slider.value = place;
        const x = (100 * place) / Math.max(1, slider.max);
        for (const side of ["x1", "x2"]) one("#book-curve line").setAttribute(side, x);
        render(recorded(place));
    }
    // One of the page's runs: its numbers, its stops and its curves.
    function take(run, slider) {
        Object.assign(show.data, show.data.runs[run]);
        slider.max = show.data.iterations.length - 1;
        all("#book-curve g").forEach((curves, k) => curves.setAttribute("display", k === run ? "inline" : "none"));
    }
    function start() {
        const json = one("#book-data");
        show.data = json ? JSON.parse(json.textContent) : null;
        const slider = one("#book-slider");
        if (!slider) return;
        take(0, slider);
        const stop = (iteration) => Math.max(0, show.data.iterations.findLastIndex((other) => other <= iteration));
        for (const figure of all(".matrix")) cells(figure).forEach((cell, k) => (cell.tabIndex = k ? -1 : 0));
        slider.addEventListener("input", () => {
            stored("iteration", show.data.iterations[slider.value]);
            slide(slider, Number(slider.value));
        });
        slide(slider, stop(Number(stored("iteration"))));
        one("#book-about")?.addEventListener("change", ({ target }) => {
            take(target.selectedIndex, slider);
            slide(slider, stop(Number(stored("iteration"))));
        });
        const unfold = one("#book-unfold");
        const open = (open) => {
            unfold.setAttribute("aria-pressed", open);
            for (const block of all("details.numbers")) block.open = open;
        };
        if (stored("numbers") === "open") open(true);
        unfold.addEventListener("click", () => open(stored("numbers", unfold.getAttribute("aria-pressed") === "true" ? "" : "open") === "open"));
        document.addEventListener("keydown", onKey);
        document.addEventListener("focusin", (event) => {
            const cell = cellOf(event.target);
            if (cell) choose(cell.figure, cell.k);
        });
        document.addEventListener("click", (event) => {
            const cell = cellOf(event.target);
            if (cell) choose(cell.figure, cell.k);
            if (cell && !cell.figure.dataset.result) walk(cell.figure, cell.k);
        });
    }
    document.addEventListener("DOMContentLoaded", start);
    return Object.assign(show, { all, one, make, typed, number, recorded, render, choose, cells, at, functions, stored });
})();
