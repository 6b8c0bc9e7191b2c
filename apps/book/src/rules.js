"use strict";
// Chapter 8's rules go on in the page, side by side: from the trees of their lines, and of the J that they make small.
const rules = (() => {
    const rules = { values: null, iteration: 0, goal: 0 };
    const { one } = show;
    const { say, stop } = play;
    const fields = () => [...one("#live-settings").elements];
    const names = ["plain", "momentum", "adam"];

    // Everything that follows from weights and settings: gradients first, then the lines of the rules.
    function compute(values) {
        for (const [key, op] of show.data.before) values[key] = run.evaluate(op, values);
        for (const { key, op } of Object.values(show.data.steps)) values[key] = run.evaluate(op, values);
        return values;
    }
    function next(values) {
        const after = { ...values };
        for (const { key, result } of Object.values(show.data.steps)) if (key !== result) after[result] = values[key];
        for (const [key, op] of show.data.advance) after[key] = run.evaluate(op, values);
        return compute(after);
    }
    // Of a net, how many rows each rule has right.
    function predicts(values) {
        const all = names.map((name) => values[`probs.${name}`]).filter(Boolean);
        return all.map((probs) => run.right(run.answers(probs), run.answers(values.y))).join(", ");
    }
    const losses = () => names.map((name) => rules.values[`loss.${name}`].data[0]);
    function draw() {
        show.render({ iteration: rules.iteration, loss: losses(), predicts: predicts(rules.values), ...run.state(rules.values) });
    }
    function takeStep() {
        rules.values = next(rules.values);
        rules.iteration += 1;
        const lost = names.filter((_, k) => !Number.isFinite(losses()[k]));
        if (lost.length) {
            stop();
            say(`J by ${lost.join(", ")} is no number any more at iteration ${rules.iteration}: the steps are too large.`);
        }
        draw();
    }
    // A step in each frame, as many as were recorded.
    function frame() {
        takeStep();
        if (rules.iteration >= rules.goal) stop();
    }
    function start() {
        if (play.running) return stop();
        rules.goal = rules.iteration + show.data.iterations.at(-1);
        return play.start(frame);
    }
    function adopt(state) {
        stop();
        say("");
        rules.values = compute(run.taken(state));
        rules.iteration = state.iteration;
        // Only a quadratic has a start of two numbers.
        one("#live-start").hidden = show.data.values["w.plain"].rows > 1;
        const [x, y] = show.recorded(0).values["w.plain"];
        for (const field of fields()) field.defaultValue = { x, y }[field.name] ?? show.data.values[field.name].all[0][0];
    }
    // From the recorded start, or from the one in the form, at its rates.
    function restart() {
        const values = run.taken(show.recorded(0));
        const wrong = fields().find(({ value }) => !Number.isFinite(show.typed(value)));
        if (wrong) return say(`${wrong.name}: ${wrong.value} is not a number`);
        const [x, y, ...settings] = fields();
        for (const { name, value } of settings) values[name] = run.matrix(1, 1, () => show.typed(value));
        if (!one("#live-start").hidden) for (const name of names) values[`w.${name}`] = run.matrix(1, 2, (k) => show.typed([x, y][k].value));
        stop();
        say("");
        Object.assign(rules, { values: compute(values), iteration: 0 });
        return draw();
    }
    document.addEventListener("DOMContentLoaded", () => {
        if (!one("#live-settings")) return;
        const step = () => {
            stop();
            takeStep();
        };
        const reset = () => {
            one("#live-settings").reset();
            play.reset();
        };
        play.listen({ clicks: { run: start, step, reset }, change: restart, adopt });
    });
    return Object.assign(rules, { compute, next, predicts });
})();
