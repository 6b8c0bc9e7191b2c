// What tests/live asks of a page: its lines run, are changed and written. Each function returns a list of complaints.
window.live = (() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const one = (selector) => document.querySelector(selector);
    const matrices = ({ values }) => Object.fromEntries(Object.entries(values).map(([key, data]) => [key, { ...show.data.values[key], data: Float64Array.from(data) }]));
    const key = (element, key) => element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const change = (field, value) => {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const complaint = (about, found, expected) => (String(found) === String(expected) ? [] : [`${about}: ${found}, not ${expected}`]);
    async function finished() {
        while (play.running) await new Promise((done) => requestAnimationFrame(done));
    }
    // The script's reader makes the tree that Rust's reader made of each line.
    function reader() {
        const known = (name) => name in show.data.values;
        return run.steps.flatMap((step) => {
            const line = one(`.files .line[data-eq="${step.tag}"]`);
            const { result, update, op } = edit.step(lines.textOf(line), ...lines.context(line), known);
            return complaint(step.tag, JSON.stringify([result, update, op]), JSON.stringify([step.result, step.update, step.op]));
        });
    }
    // From the recorded start the lines come to every recorded number, 1e-9 of the largest of its matrix.
    function agreement(of = run) {
        const complaints = [];
        let [values, at] = [of.compute(matrices(show.recorded(0))), 0];
        show.data.iterations.forEach((iteration, stop) => {
            for (; at < iteration; at++) values = of.next(values);
            const recorded = show.recorded(stop);
            for (const [key, expected] of Object.entries(recorded.values)) {
                const largest = Math.max(...expected.map(Math.abs));
                const off = Math.max(...expected.map((x, k) => Math.abs(x - values[key].data[k])));
                if (!(off <= 1e-9 * largest)) complaints.push(`iteration ${iteration}, ${key}: ${off} of ${largest}`);
            }
            if (of.predicts) complaints.push(...complaint(`iteration ${iteration}`, of.predicts(values), recorded.predicts));
        });
        return complaints;
    }
    // Chapter 8's rules: a step, a run, and one beyond the edge, which is told; XOR.
    async function descents() {
        const at = () => one("#book-iteration").textContent;
        const done = async () => {
            while (play.running) await new Promise((done) => requestAnimationFrame(done));
        };
        one("#live-reset").click();
        one("#live-step").click();
        const complaints = [...complaint("a step", at(), "1")];
        one("#live-run").click();
        await done();
        complaints.push(...complaint("a run", at(), String(1 + show.data.iterations.at(-1))));
        const field = one("[name='eta.plain']");
        field.value = "1";
        field.dispatchEvent(new Event("change", { bubbles: true }));
        complaints.push(...complaint("the rate", one("[data-of='8.1'] [data-key='eta.plain']").textContent, "1"));
        one("#live-run").click();
        await done();
        if (!one("#live-message").textContent.startsWith("J by plain is no number")) complaints.push(`beyond the edge: ${one("#live-message").textContent}`);
        one("#live-reset").click();
        complaints.push(...complaint("reset", [at(), one("#live-message").textContent, field.value].join(), `0,,${show.data.values["eta.plain"].all[0][0]}`));
        ask.choose(1);
        one("#live-run").click();
        await done();
        complaints.push(...complaint("XOR", one("#book-predicts").textContent, show.recorded(show.data.iterations.length - 1).predicts));
        ask.choose(0);
        return complaints;
    }
    // Run, pause, step and reset; the page keeps up while it trains, and 10 000 iterations take seconds.
    async function trains() {
        const last = show.data.iterations.at(-1);
        one("#live-reset").click();
        const [before, now] = [all(".matrix td").map((cell) => cell.textContent).join(" "), performance.now()];
        one("#live-run").click();
        let frames = 0;
        while (play.running) {
            await new Promise((done) => requestAnimationFrame(done));
            frames += 1;
        }
        const [seconds, loss] = [(performance.now() - now) / 1000, show.recorded(show.data.iterations.length - 1).values[run.total][0]];
        const complaints = [...complaint("iteration", one("#book-iteration").textContent, last), ...complaint("loss", one("#book-loss").textContent, show.number(loss))];
        if (seconds > 10) complaints.push(`${last} iterations in ${seconds} s`);
        if (frames < 5 * seconds) complaints.push(`${frames} frames in ${seconds} s`);
        if (all("#live-table tr").length < 8) complaints.push("no table of the loss");
        one("#live-reset").click();
        complaints.push(...complaint("after reset", all(".matrix td").map((cell) => cell.textContent).join(" "), before));
        for (let k = 0; k < 5; k++) one("#live-step").click();
        return [...complaints, ...complaint("iteration", one("#book-iteration").textContent, 5)];
    }
    // Rate, start, hidden units and labels are taken where they stand.
    function settings() {
        one("#live-reset").click();
        const field = (name) => one(`#live [name="${name}"]`);
        change(field("eta"), "0,25");
        const complaints = complaint("eta", train.values.eta.data[0], 0.25);
        change(field("start"), "equal");
        complaints.push(...complaint("equal", new Set(train.values[run.weights[0]].data).size, 1));
        change(one("#live [name=label]"), 1);
        complaints.push(...complaint("label", train.values[run.y].data[run.classes ? 1 : 0], 1));
        const size = one("#live [name=size]");
        if (size) change(size, 3);
        if (size) complaints.push(...complaint("columns", all(`figure[data-key="${run.weights[0]}"]:not([data-result]) tr + tr`)[0].querySelectorAll("td").length, 3));
        one("#live-reset").click();
        return [...complaints, ...complaint("eta", field("eta").value, show.data.values.eta.all[0][0]), ...complaint("message", one("#live-message").textContent, "")];
    }
    // A weight that is typed changes what follows from it, as computed by hand here; undo takes it back.
    function number() {
        one("#live-reset").click();
        const cell = one('figure[data-key="w1"]:not([data-result]) tr + tr td');
        const before = run.compute({ ...train.values });
        const open = () => cell.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
        const [z1, a0] = [before.z1.data, before.a0.data];
        open();
        one(".entry").value = "2,5";
        key(one(".entry"), "Enter");
        const complaints = [];
        for (let i = 0; i < 4; i++) {
            const expected = z1[i * 6] + a0[i * 2] * (2.5 - before.w1.data[0]);
            if (!(Math.abs(train.values.z1.data[i * 6] - expected) < 1e-12)) complaints.push(`z1[(${i}, 0)]: ${train.values.z1.data[i * 6]}, not ${expected}`);
            complaints.push(...complaint(`a1[(${i}, 0)]`, train.values.a1.data[i * 6], Math.max(0, train.values.z1.data[i * 6])));
        }
        for (const name of ["z2", "probs", "dz2", "dw2", "da1", "dz1", "dw1", "3.17", "data_loss"]) if (String(train.values[name].data) === String(before[name].data)) complaints.push(`${name} as before`);
        if (String(train.values.y.data) !== String(before.y.data) || !one("td.changed")) complaints.push("y changed, or nothing is marked");
        one("#live-undo").click();
        complaints.push(...complaint("undo", train.values.dw1.data, before.dw1.data));
        for (const [last, expected] of [["Escape", before.w1.data[0]], ["Enter", before.w1.data[0] + 0.1]]) {
            open();
            key(one(".entry"), "ArrowUp");
            key(one(".entry"), last);
            if (Math.abs(train.values.w1.data[0] - expected) > 1e-9) complaints.push(`nudged, ${last}: ${train.values.w1.data[0]}`);
        }
        open();
        one(".entry").value = "two";
        key(one(".entry"), "Enter");
        complaints.push(...complaint("no number", one("#live-message").textContent, "two: not a number"));
        key(one(".entry"), "Escape");
        one("#live-reset").click();
        return complaints;
    }
    // An edited line: the message that it gets, or the equations whose badge is red.
    function changed(tag, text) {
        lines.open(tag);
        const line = one(`.files .line[data-eq="${tag}"]`);
        const input = line.querySelector("input");
        input.value = text;
        key(input, "Enter");
        const message = line.querySelector(".complaint")?.textContent;
        if (message) key(input, "Escape");
        const red = all(".numbers .badge.wrong").map((badge) => badge.closest(".numbers").dataset.of).join(" ");
        if (!message) one("#live-back").click();
        return message ?? red;
    }
    function edits(expected) {
        one("#live-reset").click();
        const complaints = expected.flatMap(([tag, text, result]) => complaint(`${tag} ${text}`, changed(tag, text), result));
        return [...complaints, ...complaint("put back", all(".badge, .line.edited, .complaint").length, 0), ...reader()];
    }
    // Training goes on with a wrong gradient: without the mask of relu another loss is reached.
    async function wrong() {
        one("#live-reset").click();
        lines.open("3.12");
        const input = one('.files .line[data-eq="3.12"] input');
        input.value = "let dz1 = da1;";
        key(input, "Enter");
        one("#live-run").click();
        await finished();
        const hatched = all('[data-result="3.12"] .stopped').length;
        const [found, right] = [train.values[run.total].data[0], show.recorded(show.data.iterations.length - 1).values[run.total][0]];
        one("#live-back").click();
        one("#live-reset").click();
        const wrong = Math.abs(found - right) < 1e-6 || hatched || !all('[data-result="3.12"] .stopped').length;
        return wrong || all(".badge").length ? [`${found}, ${all(".badge").length} badges`] : [];
    }
    // Faults that are made by rule from each true line, and the reason that each must get.
    function faults({ tag, op, result }) {
        const [kind, a, b] = op;
        const n = run.n.toUpperCase() === "N" ? "N" : run.n;
        const negative = [["-", ["number", 0], op], "the sign"];
        const made = [negative, [["t", op], "yours is the transpose"], [["*", op, ["value", run.n]], `1/${n} is missing`], [["/", op, ["value", run.n]], `1/${n} is one too many`]];
        if (kind === "dot") {
            const [first, other] = a[0] === "t" ? [["dot", a[1], b], a[1][1]] : [["dot", a, b[1]], b[1][1]];
            made.push([["dot", b, a], "the factors are the other way round"], [first, `⊤ is missing: ${other} has to be transposed`]);
        }
        if (kind === "*") {
            const z = b[1][1];
            const at = z.replace("z", "a");
            made.push([a, `the mask of relu is missing: ∗ relu′(${z})`], [["*", a, ["relu_prime", ["value", at]]], `the mask of relu is taken at ${at}, it belongs at ${z}`], [["*", a, ["relu", b[1]]], "relu stands where relu′ belongs"]);
        }
        if (kind === "sum_of_rows") made.push([a, "the sum over the samples is missing"]);
        if (kind === "/") made.push([a, `1/${n} is missing`], [["/", ["-", a[2], a[1]], b], "the sign"]);
        const swap = ([kind, a, b], from, to) => [kind, ...[a, b].filter((part) => part !== undefined).map((part) => (Array.isArray(part) ? swap(part, from, to) : part === from ? to : part))];
        const [letter] = run.used(op);
        const like = Object.keys(train.values).find((name) => ![letter, result].includes(name) && run.letters[name] && String(run.letters[name].shape) === String(run.letters[letter].shape));
        if (like) made.push([swap(op, letter, like), `${like} stands where ${letter} belongs`]);
        for (const step of run.gradients) if (step.tag !== tag) made.push([["value", step.result], step.result]);
        return made;
    }
    function holes() {
        const truths = run.truths({ eta: train.values.eta, lambda: train.values.lambda });
        const complaints = run.gradients.flatMap(({ tag, op, result }) => complaint(tag, edit.judge(op, result, truths), null));
        let count = 0;
        for (const step of run.gradients) {
            for (const [op, reason] of faults(step)) {
                const found = edit.judge(op, step.result, truths);
                count += 1;
                // Another gradient is named, or what leads from it to this one.
                const named = reason[0] === "d" && reason !== "d" ? found !== null && !found.startsWith("not the") : found === reason;
                if (!named) complaints.push(`${step.tag} ${JSON.stringify(op)}: ${found}, not ${reason}`);
            }
        }
        return count < 8 * run.gradients.length ? [...complaints, `${count} faults`] : complaints;
    }
    // The workbook on the page: answers in Rust and in letters, hints, and what is remembered.
    function workbook(answers) {
        try {
            localStorage.removeItem("book-done");
        } catch {
            // Then nothing is remembered.
        }
        one("#live-workbook").click();
        const complaints = complaint("holes", all("form.hole").length, run.gradients.length);
        for (const { tag } of run.gradients) {
            if (one(`.files .line[data-eq="${tag}"] code`).textContent.includes(".")) {
                const text = one(`.files .line[data-eq="${tag}"] code`).textContent;
                if (!text.includes("…")) complaints.push(`${tag}: ${text}`);
            }
        }
        for (const [hole, text, expected] of answers) {
            const form = all("form.hole")[hole];
            form.querySelector("input").value = text;
            form.requestSubmit();
            complaints.push(...complaint(text, form.querySelector("output").textContent, expected));
        }
        const last = all("form.hole").at(-1);
        const hint = () => last.querySelectorAll("button")[1].click();
        const said = [1, 2, 3].map(() => (hint(), last.querySelector("output").textContent));
        if (new Set(said).size !== 3 || last.querySelector("input")) complaints.push(`hints: ${said}`);
        one("#live-workbook").click();
        return [...complaints, ...complaint("closed", all("form.hole, .away, .open-hole").length, 0), ...reader()];
    }
    // Every line of a walk is lit, with an entry of the sample and a sentence.
    function walks() {
        const complaints = [];
        for (const step of run.steps) {
            one("#live-after").click();
            const text = one("#live-walk").textContent;
            if (!text.startsWith(`(${step.tag}) ${step.result}`) && !text.startsWith(`(${step.tag}) The mean`)) complaints.push(`${step.tag}: ${text}`);
            if (!one(`.files .line.walking[data-eq="${step.tag}"]`)) complaints.push(`${step.tag}: its line is not lit`);
            if (one(`figure[data-result="${step.tag}"]`) && !one(`figure[data-result="${step.tag}"] .chosen`)) complaints.push(`${step.tag}: no entry`);
        }
        return complaints;
    }
    // Where the square is, and how many pixels of the window one of its 280 takes.
    function corner() {
        one("#draw-square").scrollIntoView({ block: "center", behavior: "instant" });
        const box = one("#draw-square").getBoundingClientRect();
        const edge = one("#draw-square").clientLeft;
        return [box.left + edge, box.top + edge, (box.width - 2 * edge) / 280].map(String);
    }
    // The picture, the pixels that the net sees, the number of marks, the probabilities.
    function drawn() {
        const square = one("#draw-square");
        const { data } = square.getContext("2d").getImageData(0, 0, 280, 280);
        const { marks } = draw.prepare(Array.from({ length: 280 * 280 }, (_, k) => data[4 * k]), 280);
        return [square.toDataURL(), draw.pixels, marks, draw.values.probs.data].map(String);
    }
    function learned(label) {
        one("#draw-label").value = label;
        one("#draw-learn").click();
        return [String(draw.values.probs.data)];
    }
    // The test digits are prepared already, and forgetting gives back what was.
    function tests() {
        const read = () => String(draw.values.probs.data);
        change(one("#draw-test"), "7");
        const before = read();
        learned(3);
        const learnt = read();
        one("#draw-forget").click();
        const lit = all("#draw-lines li").length;
        return [...complaint("forgotten", read(), before), ...complaint("learned", learnt === before, false), ...complaint("lines", lit, 26)];
    }
    return { corner, drawn, learned, tests, reader, agreement, descents, trains, settings, number, edits, wrong, holes, workbook, walks };
})();
