"use strict";
// Numbered lines that a reader changes or writes: in the file's pane, in place, and in the workbook under each
// equation. What the page computes follows; the gradients are checked again.
const lines = (() => {
    const lines = { truths: null, workbook: false };
    const { all, one, make, stored } = show;
    const originals = new Map();
    const lineOf = (tag) => one(`.files .line[data-eq="${tag}"]`);
    const stepOf = (tag) => run.steps.find((step) => step.tag === tag);
    const edited = () => [...originals.keys()].filter((tag) => stepOf(tag).op !== originals.get(tag).op);

    // The letters that have a value when a line is reached.
    function known(tag) {
        const made = run.steps.slice(run.steps.indexOf(stepOf(tag))).filter((step) => !step.update).map((step) => step.result);
        return (name) => Object.hasOwn(train.values, name) && !made.includes(name);
    }
    // A line with the lines before it in its function, as text.
    function context(line) {
        const block = line.closest(".fn");
        const name = block ? block.querySelector(".signature").textContent.match(/fn (\w+)/)[1] : "";
        const body = all(".line", block).filter((other) => !other.closest(".signature"));
        return [body.slice(0, body.indexOf(line)).map(textOf), name];
    }
    const textOf = (line) => originals.get(line.dataset.eq)?.text ?? one("code", line).textContent;

    function truths() {
        const { eta, lambda } = train.values;
        return (lines.truths ??= run.truths({ eta, lambda }));
    }
    // The badge of each gradient: an error of 1e-6 of its norm is allowed, as in gradient-check.
    function badges() {
        const errors = edited().length ? run.check(truths()) : {};
        for (const { tag } of run.gradients) {
            for (const place of [one(`.numbers[data-of="${tag}"]`), lineOf(tag)].filter(Boolean)) {
                one(".badge", place)?.remove();
                if (!(tag in errors)) continue;
                const right = errors[tag] < 1e-6;
                const size = Number.isFinite(errors[tag]) ? `: the error is ${show.number(errors[tag])} of its norm` : "";
                const text = right ? "✓ right" : `✗ wrong${place.matches(".line") ? "" : size}`;
                place.append(make("span", { className: `badge ${right ? "right" : "wrong"}`, textContent: text }));
            }
        }
        one("#live-back").disabled = !edited().length;
    }
    // Takes another operation for a line if all that follows from it has a shape; else nothing changes.
    function take(tag, op) {
        const step = stepOf(tag);
        const [before, checked] = [step.op, lines.truths];
        const forward = run.forward.includes(step);
        step.op = op;
        if (forward) lines.truths = null;
        try {
            run.compute({ ...train.values });
            try {
                run.check(truths());
            } catch (error) {
                error.message = `fits only because sizes are equal here; ${run.names(error.message)}`;
                throw error;
            }
        } catch (error) {
            Object.assign(step, { op: before });
            lines.truths = checked;
            throw error;
        }
        mark(tag);
        badges();
        train.again(true);
    }
    // A line as it stands now, marked if it is the reader's.
    function mark(tag, text) {
        const [line, { nodes, op }] = [lineOf(tag), originals.get(tag)];
        const own = stepOf(tag).op !== op;
        // Entries that relu stopped are hatched only while the line has its mask.
        const [kind, , mask] = stepOf(tag).op;
        show.data.steps[tag].stopped = kind === "*" && mask[0] === "relu_prime" ? mask[1][1] : null;
        line.classList.toggle("edited", own);
        one(`.numbers[data-of="${tag}"]`)?.classList.toggle("edited", own);
        one(".back", line)?.remove();
        if (!own) return one("code", line).replaceChildren(...nodes);
        if (text) one("code", line).replaceChildren(text, make("span", { className: "comment", textContent: ` // (${tag}), edited` }));
        return line.append(make("button", { type: "button", className: "back", textContent: "put it back", onclick: () => back([tag]) }));
    }
    function back(tags) {
        for (const tag of tags) {
            stepOf(tag).op = originals.get(tag).op;
            mark(tag);
        }
        lines.truths = null;
        badges();
        train.again(true);
    }
    function complain(line, message) {
        one(".complaint", line)?.remove();
        if (message) line.append(make("span", { className: "complaint", textContent: message }));
        one(".complaint", line)?.setAttribute("role", "alert");
    }

    // In the pane: the line becomes a field. Enter takes it, Escape leaves it.
    function open(tag) {
        play.stop();
        const line = lineOf(tag);
        const code = one("code", line);
        if (one("input", code)) return;
        const nodes = [...code.childNodes];
        const indent = code.textContent.match(/^\s*/)[0];
        const input = make("input", { className: "writing", value: edit.statement(code.textContent), spellcheck: false, ariaLabel: `line (${tag})` });
        code.replaceChildren(indent, input);
        input.focus();
        const close = () => {
            code.replaceChildren(...nodes);
            complain(line, "");
            line.focus();
        };
        input.addEventListener("keydown", (event) => {
            event.stopPropagation();
            if (event.key === "Escape") close();
            if (event.key !== "Enter") return;
            try {
                const { result, op } = edit.step(input.value, ...context(line), known(tag));
                const original = originals.get(tag);
                if (result !== original.result) throw new Error(`this line makes ${original.result}, not ${result}`);
                const text = `${indent}${input.value.trim().replace(/;$/, "")}${original.text.includes("; //") ? ";" : ""}`;
                take(tag, JSON.stringify(op) === JSON.stringify(original.op) ? original.op : op);
                close();
                mark(tag, text);
            } catch (error) {
                complain(line, error.tag && error.tag !== tag ? `at (${error.tag}): ${error.message}` : error.message);
            }
        });
    }

    // The workbook: right-hand sides of gradients are taken away, on the page and in the file, until they are written.
    function done(tag) {
        const tags = stored("book-done").split(" ").filter(Boolean);
        if (tag) stored("book-done", [...new Set([...tags, tag])].join(" "));
        return tags;
    }
    function hide(tag, hidden) {
        const equation = one(`.eq[data-eq="${tag}"]`);
        const parts = all("math", equation).flatMap((math) => all("mo", math).filter((mo) => mo.textContent === "=").slice(0, 1).map((mo) => [math, mo]));
        const [math, equals] = parts[0] ?? [];
        const after = math ? all("*", math).filter((part) => equals.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING) : [];
        const rest = math ? all("math", equation).slice(all("math", equation).indexOf(math) + 1) : [];
        for (const element of [...after, ...rest, one(`.numbers[data-of="${tag}"]`), ...all(`.quote [data-line="${lineOf(tag).id}"]`)].filter(Boolean)) element.classList.toggle("away", hidden);
        const [line, { nodes, result }] = [lineOf(tag), originals.get(tag)];
        if (hidden) one("code", line).replaceChildren(textOf(line).match(/^\s*/)[0], `let ${result} = `, make("span", { className: "hole-mark", textContent: "…" }), make("span", { className: "comment", textContent: ` // (${tag})` }));
        else if (!edited().includes(tag)) one("code", line).replaceChildren(...nodes);
        line.classList.toggle("open-hole", hidden);
    }
    const tools = { dot: "A product of two matrices, with a ⊤ on one of them.", "*": "An element-wise product: what stops where relu stopped.", sum_of_rows: "A sum over all samples.", "/": "A difference, divided by the number of samples." };
    function hole({ tag, result }) {
        const output = make("output");
        const input = make("input", { spellcheck: false, ariaLabel: `${result}, right-hand side of (${tag})`, autocapitalize: "off", autocomplete: "off" });
        let hints = 0;
        const solved = (text) => {
            hide(tag, false);
            output.textContent = text;
            for (const part of all("label, button", form)) part.remove();
        };
        function hint() {
            const { op } = originals.get(tag);
            hints += 1;
            if (hints === 1) output.textContent = `It has the shape of ${result.slice(1)}, ${run.sizes(result).join(" × ")}, and is made of ${[...new Set(run.used(op))].join(", ")}.`;
            else if (hints === 2) output.textContent = tools[op[0]] ?? "";
            else solved("This is the line. Come back to it.");
        }
        const form = make("form", { className: "hole" }, make("label", {}, `${result} = `, input), make("button", { textContent: "check" }), make("button", { type: "button", textContent: "hint", onclick: hint }), output);
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            const text = edit.statement(input.value).replace(/^(let )?[^=|]*=(?!=)/, "");
            try {
                const reason = edit.judge(either(text, known(tag)), result, truths());
                if (!reason) done(tag);
                if (reason) output.textContent = `✗ ${reason}`;
                else solved("✓ right, at three random places");
            } catch (error) {
                output.textContent = error.message;
            }
        });
        one(`.eq[data-eq="${tag}"]`).after(form);
        return form;
    }
    // In Rust, or else in the letters of the page.
    function either(text, known) {
        try {
            return edit.lower(edit.parse(text), known);
        } catch (error) {
            try {
                return edit.lower(edit.parse(text, true), known);
            } catch {
                throw error;
            }
        }
    }
    function workbook() {
        lines.workbook = !lines.workbook;
        if (lines.workbook) back(edited());
        const finished = done();
        for (const form of all("form.hole")) form.remove();
        for (const step of run.gradients) {
            const open = lines.workbook && !finished.includes(step.tag);
            hide(step.tag, open);
            if (open) hole(step);
        }
        one("#live-workbook").setAttribute("aria-pressed", lines.workbook);
        play.say(lines.workbook && finished.length ? `${run.gradients.filter(({ tag }) => finished.includes(tag)).length} of ${run.gradients.length} done before` : "");
        if (!lines.workbook) return;
        // On a narrow page the panel would lie on the holes.
        if (!matchMedia("(min-width: 1100px)").matches) one("#live-close").click();
        one("form.hole input")?.focus();
    }

    document.addEventListener("DOMContentLoaded", () => {
        if (!one("#live")) return;
        for (const step of run.steps) {
            const line = lineOf(step.tag);
            const code = one("code", line);
            originals.set(step.tag, { op: step.op, result: step.result, text: code.textContent, nodes: [...code.childNodes] });
            line.append(make("button", { type: "button", className: "pen", tabIndex: -1, title: "change this line (e)", ariaLabel: `change line (${step.tag})`, textContent: "✎", onclick: () => open(step.tag) }));
        }
        document.addEventListener("keydown", (event) => {
            if (event.key === "e" && event.target.matches(".files .line[data-eq]") && originals.has(event.target.dataset.eq)) {
                event.preventDefault();
                open(event.target.dataset.eq);
            }
        });
        one("#live-back").addEventListener("click", () => back(edited()));
        one("#live-workbook").addEventListener("click", workbook);
    });
    return Object.assign(lines, { edited, open, context, textOf, originals, stepOf });
})();
