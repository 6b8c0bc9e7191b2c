"use strict";
// The numbers of the page. `render` shows a state of the run wherever a block names its letters: the slider hands
// it a recorded one, and whoever computes another hands it that one. Other scripts use `show` and hear of each
// state by the event "show".
const show = (() => {
    const show = { data: null, state: null, chosen: null };
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const one = (selector, within = document) => within.querySelector(selector);

    // Numbers as Rust writes them: four significant digits, a real minus.
    function number(x) {
        if (Number.isInteger(x) && Math.abs(x) < 1e4) return String(x + 0).replace("-", "−");
        const exponent = Number(x.toExponential(3).split("e")[1]);
        const text = exponent >= -3 && exponent < 4 ? x.toPrecision(4) : x.toExponential(3).replace("e+", "e");
        return text.replaceAll("-", "−");
    }
    // Of a letter, or of a tag for what an update makes of one: its entries row by row, and its shape.
    function entries(key) {
        return show.state.values[key];
    }
    function shape(key) {
        if (show.state?.shapes?.[key]) return show.state.shapes[key];
        const { rows, cols } = show.data.values[key];
        return [rows, cols];
    }
    // A state of the recording: { iteration, loss, predicts, values: { letter: entries }, recorded: its place }.
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
    // All numbers of the page are those of one state. `shapes` may hold those that aren't the recording's.
    function render(state) {
        show.state = state;
        for (const element of all("[data-key]")) {
            const values = entries(element.dataset.key);
            if (!values) continue;
            if (element.localName === "figure") fill(element, values, shape(element.dataset.key));
            else element.textContent = number(values[0]);
        }
        one("#book-iteration").textContent = state.iteration;
        one("#book-loss").textContent = number(state.loss);
        one("#book-predicts").textContent = state.predicts;
        one("#book-slider").setAttribute("aria-valuetext", `iteration ${state.iteration}`);
        if (show.chosen) choose(show.chosen.table, show.chosen.k);
        document.dispatchEvent(new CustomEvent("show", { detail: state }));
    }
    function fill(figure, values, [rows, cols]) {
        const largest = Math.max(...values.map(Math.abs));
        const mask = show.data.steps[figure.dataset.result]?.stopped;
        const lines = all("tr", figure);
        if (lines.length !== rows || lines[0].children.length !== cols) {
            const cells = () => Array.from({ length: cols }, () => document.createElement("td"));
            const made = Array.from({ length: rows }, () => document.createElement("tr"));
            for (const line of made) line.append(...cells());
            lines[0].parentElement.replaceChildren(...made);
        }
        all("td", figure).forEach((cell, k) => {
            cell.textContent = number(values[k]);
            cell.title = String(values[k]);
            cell.className = colour(values[k], largest, mask && entries(mask)[k] < 0);
        });
    }

    // Where an entry comes from: the operation is read from the line by Rust; here it is written out.
    const functions = {
        relu: (x) => (x < 0 ? 0 : x),
        relu_prime: (x) => (x >= 0 ? 1 : 0),
        sigmoid: (x) => 1 / (1 + Math.exp(-x)),
        softplus: (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))),
    };
    function size([kind, a, b]) {
        if (kind === "value") return shape(a);
        if (kind === "t") return size(a).toReversed();
        if (kind === "dot") return [size(a)[0], size(b)[1]];
        if (kind === "rows") return [1, size(a)[1]];
        if (["number", "sum", "norm", "loss"].includes(kind)) return [1, 1];
        if (["+", "-", "*", "/"].includes(kind) && String(size(a)) === "1,1") return size(b);
        return size(a);
    }
    // Entry (i, j) as text and as a number; `from` collects the entries of the letters in it.
    function entry(op, i, j, from) {
        const [kind, a, b] = op;
        const at = (op, i, j) => (String(size(op)) === "1,1" ? entry(op, 0, 0, from) : entry(op, i, j, from));
        const signed = (part) => (/^−|[ ]/.test(part.text) ? `(${part.text})` : part.text);
        const sum = (parts) => ({ text: parts.map((p) => p.text).join(" + "), value: parts.reduce((s, p) => s + p.value, 0) });
        const range = (n) => [...Array(n).keys()];
        const cells = (op, f) => range(size(op)[0]).flatMap((i) => range(size(op)[1]).map((j) => f(i, j)));
        switch (kind) {
            case "number":
                return { text: String(a), value: a };
            case "value": {
                const value = entries(a)[i * shape(a)[1] + j];
                from.push([a, i * shape(a)[1] + j]);
                return { text: number(value), value };
            }
            case "t":
                return entry(a, j, i, from);
            case "dot":
                return sum(range(size(a)[1]).map((k) => {
                    const [x, y] = [entry(a, i, k, from), entry(b, k, j, from)];
                    return { text: `${signed(x)} · ${signed(y)}`, value: x.value * y.value };
                }));
            case "row":
                return sum([entry(a, i, j, from), ((p) => ({ text: signed(p), value: p.value }))(entry(b, 0, j, from))]);
            case "rows":
                return sum(range(size(a)[0]).map((k) => ((p) => ({ text: signed(p), value: p.value }))(entry(a, k, j, from))));
            case "map": {
                const x = entry(a, i, j, from);
                return { text: `${b.replace("_prime", "′")}(${x.text})`, value: functions[b](x.value) };
            }
            case "softmax": {
                const powers = range(size(a)[1]).map((k) => entry(a, i, k, from));
                const total = powers.reduce((s, p) => s + Math.exp(p.value), 0);
                const text = powers.map((p) => `exp(${p.text})`);
                return { text: `${text[j]} / (${text.join(" + ")})`, value: Math.exp(powers[j].value) / total };
            }
            case "sum":
                return sum(cells(a, (i, j) => ((p) => ({ text: signed(p), value: p.value }))(entry(a, i, j, from))));
            case "norm":
                return sum(cells(a, (i, j) => {
                    const x = entry(a, i, j, from);
                    return { text: `${signed(x)}²`, value: x.value ** 2 };
                }));
            case "loss": {
                const rows = range(size(a)[0]).map((i) => {
                    const row = range(size(a)[1]).map((k) => [entry(a, i, k, from), entry(b, i, k, from)]);
                    const powers = row.map(([z]) => `exp(${z.text})`).join(" + ");
                    const score = row.reduce((s, [z, y]) => s + z.value * y.value, 0);
                    const value = Math.log(row.reduce((s, [z]) => s + Math.exp(z.value), 0)) - score;
                    return { text: `ln(${powers}) − ${signed({ text: number(score) })}`, value };
                });
                const { text, value } = sum(rows);
                return { text: `(${text}) / ${rows.length}`, value: value / rows.length };
            }
            default: {
                const [x, y] = [at(a, i, j), at(b, i, j)];
                const value = { "+": x.value + y.value, "-": x.value - y.value, "*": x.value * y.value, "/": x.value / y.value }[kind];
                const sign = { "+": "+", "-": "−", "*": "·", "/": "/" }[kind];
                return { text: `${kind === "+" || kind === "-" ? x.text : signed(x)} ${sign} ${signed(y)}`, value };
            }
        }
    }
    function choose(table, k) {
        for (const cell of all(".chosen, .from")) cell.classList.remove("chosen", "from");
        const cols = one("tr", table).children.length;
        const step = show.data.steps[table.dataset.result];
        const from = [];
        const part = entry(step.op, Math.floor(k / cols), k % cols, from);
        const cell = all("td", table)[k];
        cell.classList.add("chosen");
        const row = table.closest(".numbers");
        for (const [key, k] of from) {
            for (const operand of all(`figure[data-key="${key}"]:not([data-result])`, row)) all("td", operand)[k].classList.add("from");
        }
        const text = one(".sum", row);
        const whole = number(part.value) === part.text ? "" : ` = ${number(part.value)}`;
        text.textContent = `${table.dataset.s}[(${Math.floor(k / cols)}, ${k % cols})] = ${part.text}${whole}`;
        text.title = String(part.value);
        show.chosen = { table, k };
    }


    document.addEventListener("DOMContentLoaded", () => {
        const json = one("#book-data");
        show.data = json ? JSON.parse(json.textContent) : null;
        const slider = one("#book-slider");
        if (!slider) return;
        slider.addEventListener("input", () => render(recorded(Number(slider.value))));
        addEventListener("beforeprint", () => render(recorded(Number(slider.max))));
        render(recorded(Number(slider.value)));
    });
    return Object.assign(show, { number, entries, shape, recorded, render, entry, choose, functions });
})();
