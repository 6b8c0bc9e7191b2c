"use strict";
// Training in the page: step, run, reset, the curve of the loss, the settings of a run, and numbers that are typed.
const train = (() => {
    const train = { values: null, iteration: 0, goal: 0, losses: [], distance: 1, due: 0, drawn: 0, undo: [] };
    const { all, one, make } = show;
    const { say, stop } = play;
    const settings = () => one("#live-settings").elements;

    // The state that the page shows, from the numbers of all letters.
    function draw(before) {
        const loss = train.values[run.total].data[0];
        const texts = before && all(".matrix td").map((cell) => cell.title || cell.textContent);
        show.render({ iteration: train.iteration, loss, predicts: run.predicts(train.values), ...run.state(train.values) });
        if (texts) mark(texts);
        curve();
    }
    // What has changed is marked for a moment.
    function mark(texts) {
        const cells = all(".matrix td");
        const changed = cells.filter((cell, k) => (cell.title || cell.textContent) !== texts[k]);
        for (const cell of changed) cell.classList.add("changed");
        setTimeout(() => changed.forEach((cell) => cell.classList.remove("changed")), 1500);
    }
    // Losses at even distances, of which a long run has larger ones.
    function note() {
        if (train.iteration % train.distance) return;
        train.losses.push([train.iteration, train.values[run.total].data[0]]);
        if (train.losses.length < 600) return;
        train.distance *= 2;
        train.losses = train.losses.filter(([at]) => at % train.distance === 0);
    }
    // All that follows from samples, weights and settings is computed again; `mark` what changed.
    function again(marked) {
        try {
            train.values = run.compute({ ...train.values });
        } catch (error) {
            stop();
            return say(`(${error.tag}) ${error.message}`);
        }
        say("");
        train.losses = train.losses.filter(([at]) => at < train.iteration);
        note();
        return draw(marked);
    }
    function takeStep() {
        train.values = run.next(train.values);
        train.iteration += 1;
        note();
    }
    // As many steps as fit into a frame; the page follows up to ten times a second.
    function frame() {
        const now = performance.now();
        // Drawing, and what the browser makes of it until now, takes a fifth of the time at most.
        if (train.drawn) train.due = now + Math.max(100, 4 * (now - train.drawn));
        train.drawn = 0;
        while (performance.now() - now < 20 && train.iteration < train.goal && Number.isFinite(train.values[run.total].data[0])) takeStep();
        const lost = !Number.isFinite(train.values[run.total].data[0]);
        if (lost) say(`J is no number any more at iteration ${train.iteration}: the steps are too large.`);
        if (lost || train.iteration >= train.goal) stop();
        if (!play.running || now > train.due) {
            train.drawn = performance.now();
            draw();
        }
    }
    function startRun() {
        if (play.running) {
            stop();
            return draw();
        }
        const last = show.data.iterations.at(-1);
        train.goal = (Math.floor(train.iteration / last) + 1) * last;
        return play.start(frame);
    }

    // The curve of the loss, with a log axis where the values span more than one power of ten.
    function curve() {
        if (one("#live").hidden) return;
        const svg = one("#live-curve");
        const now = [train.iteration, train.values[run.total].data[0]];
        const points = [...train.losses.filter(([at]) => at < now[0]), now].filter(([, loss]) => Number.isFinite(loss));
        const [least, most] = [Math.min(...points.map(([, loss]) => loss)), Math.max(...points.map(([, loss]) => loss))];
        const log = least > 0 && most / least > 10;
        const of = log ? Math.log10 : (x) => x;
        const [low, high] = [of(least), of(most)];
        const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
        const x = (at) => 46 + (306 * (at - first)) / Math.max(1, last - first);
        const y = (loss) => 8 + (78 * (high - of(loss))) / (high - low || 1);
        const part = (name, attributes, textContent = "") => {
            const element = Object.assign(document.createElementNS(svg.namespaceURI, name), { textContent });
            for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
            return element;
        };
        const text = (x, y, content, end) => part("text", { x, y, "text-anchor": end }, content);
        const line = part("polyline", { points: points.map(([at, loss]) => `${x(at).toFixed(1)},${y(loss).toFixed(1)}`).join(" ") });
        const dot = part("circle", { r: 3 });
        const place = ([at, loss]) => {
            dot.setAttribute("cx", x(at));
            dot.setAttribute("cy", y(loss));
            one("#live-at").textContent = `iteration ${at}: J = ${show.number(loss)}${log ? ", log axis" : ""}`;
        };
        if (points.length) place(points.at(-1));
        svg.replaceChildren(line, dot, text(42, 14, show.number(most), "end"), text(42, 86, show.number(least), "end"), text(46, 104, first, "start"), text(352, 104, last, "end"));
        svg.onpointermove = (event) => {
            const box = svg.getBoundingClientRect();
            const at = ((event.clientX - box.left) / box.width) * 360;
            if (points.length) place(points.reduce((best, point) => (Math.abs(x(point[0]) - at) < Math.abs(x(best[0]) - at) ? point : best)));
        };
        const rows = points.filter((_, k) => k % Math.ceil(points.length / 10) === 0 || k === points.length - 1);
        const row = (cell, ...texts) => make("tr", {}, ...texts.map((text) => make(cell, { textContent: text })));
        one("#live-table").replaceChildren(row("th", "iteration", "J"), ...rows.map(([at, loss]) => row("td", at, show.number(loss))));
    }

    // The recording at one of its stops.
    function adopt(state) {
        stop();
        train.values = run.taken(state);
        train.iteration = state.iteration;
        train.losses = show.data.iterations.map((at, k) => [at, show.recorded(k).values[run.total][0]]).filter(([at]) => at <= state.iteration);
        train.undo = [];
        one("#live-undo").disabled = true;
        one("#live-settings").reset();
        say("");
        curve();
        // With the reader's own lines other numbers follow, once the page shows these.
        if (lines.edited().length) setTimeout(again);
    }
    // The settings: a number goes in as it is, another start begins anew.
    function change(event) {
        const field = event.target;
        const values = { ...train.values };
        if (["eta", "lambda"].includes(field.name)) {
            const x = show.typed(field.value);
            if (!Number.isFinite(x)) return say(`${field.name}: ${field.value} is not a number`);
            values[field.name] = run.matrix(1, 1, () => x);
        } else if (field.name === "label") {
            const { rows, cols } = values[run.y];
            const wanted = all("[name=label]").map((field) => Number(field.value));
            values[run.y] = run.matrix(rows, cols, (k) => (cols > 1 ? Number(wanted[Math.floor(k / cols)] === k % cols) : wanted[k]));
        } else if (field.name === "rule") {
            run.chosen[run.steps.find((step) => step.tag === field.value).result] = field.value;
        } else {
            const hidden = Object.fromEntries(all("[data-size]").map((field) => [field.dataset.size, Math.min(12, Math.max(1, Math.round(Number(field.value)) || 1))]));
            run.start(values, { seed: Math.max(0, Math.round(Number(settings().seed.value) || 0)), start: settings().start.value, hidden });
            Object.assign(train, { iteration: 0, losses: [], distance: 1 });
        }
        train.values = values;
        return again(true);
    }

    // A number in its place: { key, k } of an entry that may be changed.
    function placeOf(cell) {
        const figure = cell?.closest?.("figure[data-key]:not([data-result])");
        const key = figure?.dataset.key;
        const k = figure ? show.cells(figure).indexOf(cell) : -1;
        if (k < 0 || ![run.x, run.y, ...run.weights].includes(key)) return null;
        return { figure, key, k: show.at(figure, k) };
    }
    const cellOf = ({ figure, k }) => show.cells(figure).find((_, place) => show.at(figure, place) === k);
    function put({ key, k }, x) {
        const data = Float64Array.from(train.values[key].data);
        data[k] = x;
        train.values = { ...train.values, [key]: { ...train.values[key], data } };
        again(true);
    }
    function open(place) {
        stop();
        const cell = cellOf(place);
        const before = train.values;
        const input = make("input", { className: "entry", value: String(before[place.key].data[place.k]), ariaLabel: `${place.key}, entry ${place.k}` });
        input.setAttribute("inputmode", "decimal");
        cell.replaceChildren(input);
        input.select();
        const read = () => show.typed(input.value);
        let done = false;
        const leave = () => {
            if (done) return;
            done = true;
            train.values = before;
            draw();
        };
        input.addEventListener("keydown", (event) => {
            event.stopPropagation();
            if (event.key === "Escape") leave();
            else if (event.key === "Enter") {
                if (!Number.isFinite(read())) return say(`${input.value}: not a number`);
                train.undo.push({ values: before, iteration: train.iteration });
                one("#live-undo").disabled = false;
                done = true;
                put(place, read());
            } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
                event.preventDefault();
                input.value = Number((read() + (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 1 : 0.1)).toPrecision(12));
                put(place, read());
                cellOf(place).replaceChildren(input);
                input.focus();
            }
            return undefined;
        });
        input.addEventListener("blur", () => setTimeout(() => input.isConnected && document.activeElement !== input && leave()));
    }
    function undo() {
        const last = train.undo.pop();
        if (!last) return;
        Object.assign(train, { values: last.values, iteration: last.iteration });
        one("#live-undo").disabled = !train.undo.length;
        again(true);
    }

    // What the run has besides rate and start: hidden units, labels, and rules to choose from.
    function fields() {
        const first = show.data.values;
        const given = [run.x, run.y].flatMap(run.sizes).concat("1");
        const hidden = new Map(run.weights.flatMap((name) => run.sizes(name).map((size, i) => [size, i ? first[name].cols : first[name].rows])).filter(([size]) => !given.includes(size)));
        const sizes = [...hidden].map(([size, n]) => make("label", {}, `${size} `, make("input", { type: "number", min: 1, max: 12, defaultValue: n, name: "size" })));
        sizes.forEach((label, k) => (one("input", label).dataset.size = [...hidden.keys()][k]));
        one("#live-sizes").replaceChildren(...sizes);
        const { rows, cols, all: [y] } = first[run.y];
        const options = (names, chosen) => names.map((name) => make("option", { textContent: name, defaultSelected: String(name) === String(chosen) }));
        const labels = Array.from({ length: rows }, (_, i) => {
            const label = cols > 1 ? y.slice(i * cols, (i + 1) * cols).indexOf(1) : y[i];
            return make("select", { name: "label", ariaLabel: `label of sample ${i}` }, ...options([...Array(Math.max(cols, 2)).keys()], label));
        });
        one("#live-labels").replaceChildren("labels ", ...labels);
        for (const name of new Set(run.steps.filter((step) => step.update).map((step) => step.result))) {
            const rules = run.steps.filter((step) => step.update && step.result === name).map((step) => step.tag);
            if (rules.length > 1) one("#live-sizes").append(make("label", {}, `${name} by `, make("select", { name: "rule" }, ...options(rules, run.chosen[name]))));
        }
        for (const name of ["eta", "lambda"]) settings()[name].defaultValue = first[name].all[0][0];
        one("#live-sample").replaceChildren(...options([...Array(rows).keys()], 0));
    }
    document.addEventListener("DOMContentLoaded", () => {
        if (!one("#live")) return;
        const letters = all("template[id^=card-]").map((card) => [card.id.slice(5), { shape: card.dataset.shape, what: card.dataset.word }]);
        run.read(show.data.steps, Object.fromEntries(letters), show.data.values);
        fields();
        const step = () => {
            stop();
            takeStep();
            draw(true);
        };
        play.listen({ clicks: { run: startRun, step, reset: play.reset, undo }, change, adopt, opened: curve });
        document.addEventListener("dblclick", (event) => {
            const place = placeOf(event.target.closest("td"));
            if (place) open(place);
        });
        document.addEventListener("keydown", (event) => {
            const place = event.key === "F2" && placeOf(document.activeElement.closest("td") ?? one(".chosen"));
            if (place) open(place);
            if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input")) undo();
        });
    });
    return Object.assign(train, { again });
})();
