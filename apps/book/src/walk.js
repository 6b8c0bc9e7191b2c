"use strict";
// A walk through one sample: line after line, forward and then backward; what happens is said in a sentence.
const walk = (() => {
    const walk = { at: -1, k: 0 };
    const { all, one } = show;

    const what = (name) => run.letters[name]?.what?.replace(/[.;].*/, "") || name;
    const part = ([kind, a]) => (kind === "value" ? a : kind === "t" ? `${part(a)}ᵀ` : "what stands in brackets");
    // What an operation does for entry (i, j) of its result, and what for.
    function sentence({ result, op, update }, i, j) {
        const of = `${result}[(${i}, ${j})]`;
        if (update) return `${of} moves against its gradient, by η times as much.`;
        const [kind, a, b] = op[0] === "add_row" ? op[1] : op;
        if (op[0] === "add_row") return `${of}: row ${i} of ${part(a)} times column ${j} of ${part(b)}, what unit ${j} sees of sample ${i}; plus entry ${j} of ${part(op[2])}, the same for each sample.`;
        if (kind === "dot" && a[0] === "t") return `${of}: column ${i} of ${part(a[1])} times column ${j} of ${part(b)}, over all samples: how much entry ${i} of ${part(a[1])} was there when ${part(b)} said how the loss changes.`;
        if (kind === "dot" && b[0] === "t") return `${of}: row ${i} of ${part(a)} times row ${j} of ${part(b[1])}: how much of the error came through unit ${j}.`;
        if (kind === "dot") return `${of}: row ${i} of ${part(a)} times column ${j} of ${part(b)}: what unit ${j} sees of sample ${i}.`;
        if (kind === "sum_of_rows") return `${of}: column ${j} of ${part(a)}, added up over all samples: a bias acts on each of them.`;
        if (kind === "softmax_of_rows") return `${of}: the share of class ${j} among the powers of row ${i}: a probability.`;
        if (kind === "*" && b[0] === "relu_prime") return `${of}: ${part(a)} passes where ${part(b[1])} is not negative, and stops where relu stopped.`;
        if (Object.hasOwn(run.functions, kind)) return `${of}: ${kind.replace("_prime", "′")} of ${part(a)} at the same place.`;
        if (kind === "cross_entropy") return "The mean over the samples of −ln of the probability that the true class got.";
        if (kind === "/" && a[0] === "-") return `${of}: what was said less what is true, divided by ${part(b)}, as the loss is a mean.`;
        return what(result) === result ? `${result}, from all of its entries.` : `${result}: ${what(result)}.`;
    }
    const figure = () => one(`figure[data-result="${run.steps[walk.at].tag}"]`);
    // The entries of the result that belong to the sample; of what has no rows for samples, all.
    function entries() {
        const { key } = run.steps[walk.at];
        const { rows, cols } = train.values[key];
        const samples = train.values[run.y].rows;
        const sample = Number(one("#live-sample").value);
        const own = rows === samples && run.sizes(run.steps[walk.at].result)[0] === run.sizes(run.y)[0];
        return own ? [...Array(cols).keys()].map((j) => sample * cols + j) : [...Array(rows * cols).keys()];
    }
    function showStep() {
        const step = run.steps[walk.at];
        const { cols } = train.values[step.key];
        const k = entries()[walk.k];
        const equation = one(`.eq[data-eq="${step.tag}"]`);
        const block = one(`.numbers[data-of="${step.tag}"]`);
        if (block?.matches("details")) block.open = true;
        for (const element of all(".walking")) element.classList.remove("walking");
        for (const element of [equation, one(`.files .line[data-eq="${step.tag}"]`)].filter(Boolean)) element.classList.add("walking");
        (block ?? equation)?.scrollIntoView({ block: "center", behavior: "instant" });
        if (figure()) show.choose(figure(), k);
        one("#live-walk").textContent = `(${step.tag}) ${sentence(step, Math.floor(k / cols), k % cols)}`;
    }
    function go(direction) {
        walk.at = Math.min(Math.max(walk.at + direction, 0), run.steps.length - 1);
        walk.k = 0;
        showStep();
    }
    function nextEntry() {
        if (walk.at < 0) return go(1);
        walk.k += 1;
        return walk.k < entries().length ? showStep() : go(1);
    }
    document.addEventListener("DOMContentLoaded", () => {
        if (!one("#live")) return;
        one("#live-before").addEventListener("click", () => go(-1));
        one("#live-after").addEventListener("click", () => go(1));
        one("#live-entry").addEventListener("click", nextEntry);
        one("#live-sample").addEventListener("change", () => walk.at >= 0 && ((walk.k = 0), showStep()));
        document.addEventListener("keydown", (event) => {
            if (!event.target.closest?.("#live") || event.target.matches("input, select")) return;
            const keys = { "]": () => go(1), "[": () => go(-1), ".": nextEntry };
            if (keys[event.key]) keys[event.key]();
        });
    });
    return walk;
})();
