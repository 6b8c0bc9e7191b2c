"use strict";
// Chapter 8's rules go on in the page, side by side: from the trees of their lines, and of the J that they make small.
const rules = (() => {
    const rules = { values: null, iteration: 0, running: false };
    const one = (selector) => document.querySelector(selector);
    const fields = () => [...one("#live-settings").elements];
    const names = ["plain", "momentum", "adam"];
    const say = (message) => (one("#live-message").textContent = message);

    const matrices = ({ values }) => Object.fromEntries(Object.entries(values).map(([key, data]) => [key, { ...show.data.values[key], data: Float64Array.from(data) }]));
    // Everything that follows from weights and settings: gradients first, then the lines of the rules.
    function compute(values) {
        for (const [key, op] of show.data.before) values[key] = run.evaluate(op, values);
        for (const { key, op } of Object.values(show.data.steps)) values[key] = run.evaluate(op, values);
        return values;
    }
    function next(values) {
        const after = { ...values };
        for (const { key, result } of Object.values(show.data.steps)) if (key !== result) after[result] = values[key];
        for (const [result, key] of show.data.moves) after[result] = values[key];
        for (const [key, op] of show.data.advance) after[key] = run.evaluate(op, values);
        return compute(after);
    }
    // Of a net, how many rows each rule has right.
    function predicts(values) {
        const best = ({ cols, data }, i) => data.subarray(i * cols, (i + 1) * cols).reduce((best, x, k, row) => (x > row[best] ? k : best), 0);
        const right = (probs) => Array.from({ length: probs.rows }, (_, i) => i).filter((i) => best(probs, i) === best(values.y, i));
        const all = names.map((name) => values[`probs.${name}`]).filter(Boolean);
        return all.map((probs) => `${right(probs).length} of ${probs.rows} right`).join(", ");
    }
    const losses = () => names.map((name) => rules.values[`loss.${name}`].data[0]);
    function draw() {
        const values = Object.fromEntries(Object.entries(rules.values).map(([key, { data }]) => [key, Array.from(data)]));
        show.render({ iteration: rules.iteration, loss: losses(), predicts: predicts(rules.values), values });
    }
    function running(now) {
        rules.running = now;
        one("#live-run").textContent = now ? "❚❚" : "▶";
        one("#live-run").setAttribute("aria-pressed", now);
    }
    function takeStep() {
        rules.values = next(rules.values);
        rules.iteration += 1;
        const lost = names.filter((_, k) => !Number.isFinite(losses()[k]));
        if (lost.length) {
            running(false);
            say(`J by ${lost.join(", ")} is no number any more at iteration ${rules.iteration}: the steps are too large.`);
        }
        draw();
    }
    // A step in each frame, as many as were recorded.
    function frame(goal) {
        if (!rules.running) return;
        takeStep();
        if (rules.iteration >= goal) running(false);
        requestAnimationFrame(() => frame(goal));
    }
    function start() {
        running(!rules.running);
        if (rules.running) frame(rules.iteration + show.data.iterations.at(-1));
    }
    function adopt(state) {
        running(false);
        say("");
        rules.values = compute(matrices(state));
        rules.iteration = state.iteration;
        // Only a quadratic has a start of two numbers.
        one("#live-start").hidden = show.data.values["w.plain"].rows > 1;
        const [x, y] = show.recorded(0).values["w.plain"];
        for (const field of fields()) field.defaultValue = { x, y }[field.name] ?? show.data.values[field.name].all[0][0];
    }
    // From the recorded start, or from the one in the form, at its rates.
    function restart() {
        const values = matrices(show.recorded(0));
        const number = (text) => Number(text.replace(",", ".").replace("−", "-"));
        const wrong = fields().find(({ value }) => !value.trim() || !Number.isFinite(number(value)));
        if (wrong) return say(`${wrong.name}: ${wrong.value} is not a number`);
        const [x, y, ...settings] = fields();
        for (const { name, value } of settings) values[name] = run.matrix(1, 1, () => number(value));
        if (!one("#live-start").hidden) for (const name of names) values[`w.${name}`] = run.matrix(1, 2, (k) => number([x, y][k].value));
        running(false);
        say("");
        Object.assign(rules, { values: compute(values), iteration: 0 });
        return draw();
    }
    function reset() {
        one("#live-settings").reset();
        one("#book-slider").value = 0;
        show.render(show.recorded(0));
    }
    document.addEventListener("DOMContentLoaded", () => {
        if (!one("#live-settings")) return;
        one(".run").append(one("#live-buttons"));
        const toggle = () => {
            one("#live").hidden = !one("#live").hidden;
            one("#live-open").setAttribute("aria-expanded", !one("#live").hidden);
        };
        adopt(show.state);
        const clicks = { run: start, step: () => (running(false), takeStep()), reset, open: toggle, close: toggle };
        for (const [name, click] of Object.entries(clicks)) one(`#live-${name}`).addEventListener("click", click);
        one("#live-settings").addEventListener("change", restart);
        one("#live-settings").addEventListener("submit", (event) => event.preventDefault());
        document.addEventListener("show", ({ detail }) => detail.recorded === undefined || adopt(detail));
    });
    return Object.assign(rules, { compute, next, predicts });
})();
