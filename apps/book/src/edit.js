"use strict";
// A line as text: read into the tree that Rust's reader makes of it (apps/lines/src/ops.rs), or from the letters
// of the page; written out again; and what is wrong with a wrong one, found by trying.
const edit = (() => {
    const one = (...word) => ["number", ...word];
    // What isn't understood is thrown: the word.
    function stop(word) {
        throw Object.assign(new Error(`${word || "the end of the line"}: not understood here`), { word });
    }

    const letter = (name) => ["value", name];
    const isNumber = ([kind, a, b]) => kind === "number" || (kind === "value" && [run.n, "eta", "lambda"].includes(a)) || (Object.hasOwn(run.binary, kind) && isNumber(a) && isNumber(b));
    // A tree with trees in place of letters.
    const filled = (tree, of) => (tree[0] === "value" && Object.hasOwn(of, tree[1]) ? of[tree[1]] : tree.map((part) => (Array.isArray(part) ? filled(part, of) : part)));
    // An expression of Rust; on paper two letters side by side are a product, and ᵀ and ∇ are read too.
    function parse(text, paper) {
        let rest = paper ? plain(text) : text;
        const take = (token) => {
            rest = rest.trimStart();
            const found = rest.startsWith(token);
            if (found) rest = rest.slice(token.length);
            return found;
        };
        const word = () => {
            rest = rest.trimStart();
            const found = rest.match(/^[\p{L}\p{N}_]*/u)[0];
            rest = rest.slice(found.length);
            return found;
        };
        const chain = (signs, next) => {
            let left = next();
            for (let sign; (sign = signs.find(take)); ) left = [sign, left, next()];
            return left;
        };
        const sum = () => chain(["+", "-"], product);
        function product() {
            let left = postfix();
            for (let sign; (sign = ["*", "/"].find(take) ?? (paper && (take("·") || /^\s*[\p{L}(]/u.test(rest)) && "·")); ) {
                left = [sign === "·" ? (isNumber(left) ? "*" : "dot") : sign, left, postfix()];
            }
            return left;
        }
        // What a function or a method makes of what is in the brackets; `terms` has what a method is called on.
        function call(name, terms) {
            while (!take(")")) {
                terms.push(name.startsWith("zip_") && take("|") ? closure(terms) : sum());
                if (!take(",") && !/^\s*\)/.test(rest)) stop(rest.trim());
            }
            const [a, b, made] = terms;
            if (name === "hadamard" && terms.length === 2) return ["*", a, b];
            if (name === "map" && terms.length === 2 && b[0] === "value") return [b[1], a];
            if (name === "zip_map" && terms.length === 3) return made;
            if (name === "zip_apply" && terms.length === 3) return [name, a, made];
            if (name === "from_f64" && terms.length === 1) return a;
            return ["number", "value"].includes(name) ? stop(`${name}()`) : [name, ...terms];
        }
        // `a.zip_map(b, |p, q| …)` is the body of its closure with a for p and b for q.
        function closure(terms) {
            const names = [word()];
            while (take(",")) names.push(word());
            if (!take("|")) stop(rest.trim());
            if (names.length !== 2 || terms.length !== 2) stop(names.join(", "));
            return filled(sum(), Object.fromEntries(names.map((name, k) => [name, terms[k]])));
        }
        function postfix() {
            let left = primary();
            for (;;) {
                if (paper && take("⊤")) left = ["t", left];
                else if (take(".")) {
                    const name = word();
                    left = take("(") ? call(name, [left]) : letter(name);
                } else return left;
            }
        }
        function primary() {
            if (take("&") || take("*")) return postfix();
            if (paper && take("-")) return ["-", one(0), postfix()];
            if (take("(")) {
                const inner = sum();
                return take(")") ? inner : stop(rest.trim());
            }
            let name = word();
            if (/^[0-9]/.test(name)) {
                if (take(".")) name += `.${word()}`;
                return Number.isNaN(Number(name)) ? stop(name) : one(Number(name));
            }
            while (take("::")) name = word();
            if (!name) return stop(rest.trim());
            if (name === "ONE") return one(1);
            return take("(") ? call(name, []) : letter(name);
        }
        const tree = sum();
        return rest.trim() ? stop(rest.trim()) : tree;
    }
    // ∇W², a¹ᵀ, relu′, N as dw2, a1⊤, relu_prime, n.
    function plain(text) {
        const digits = (text) => text.replace(/[⁰¹²³⁴]/g, (digit) => "⁰¹²³⁴".indexOf(digit));
        return digits(text).replace(/\^?(⊤|ᵀ|T\b(?<=\^T))/g, "⊤").replace(/\^?\((\d)\)/g, "$1").replace(/\^(\d)/g, "$1").replace(/relu\s*[′']/g, "relu_prime")
            .replace(/∇\s*(\p{L})/gu, (_, letter) => `d${letter.toLowerCase()}`).replace(/\b[AWBZYXN](?=[\d\W]|$)/g, (letter) => letter.toLowerCase())
            .replace(/[∗⊙]/g, "*").replaceAll("−", "-").replace(/η/g, "eta").replace(/λ/g, "lambda").replace(/\b1⊤\s*·?\s*(\w+)/g, "$1.sum_of_rows()");
    }

    const isOperation = (name, terms) => (Object.hasOwn(run.binary, name) ? terms === 2 : Object.hasOwn(run.operations, name) && run.operations[name].length === terms);
    // The tree with what its letters stand for: `known` are those that have numbers, `lets` the lines before.
    function lower(tree, known, lets = {}) {
        const [kind, ...terms] = tree;
        const of = (name) => (known(name) ? letter(name) : Object.hasOwn(lets, name) && lets[name]);
        if (kind === "number") return tree;
        if (kind === "value") return of(terms[0]) || stop(terms[0]);
        if (isOperation(kind, terms.length)) return [kind, ...terms.map((term) => lower(term, known, lets))];
        return of(kind) || stop(`${kind}()`);
    }
    const statement = (line) => line.split(" // ")[0].trim().replace(/;+$/, "");
    function definition(line) {
        const [, name, text] = statement(line).match(/^let (.*?) = (.*)$/) ?? [];
        const bare = name?.split(":")[0].trim();
        return bare !== undefined && /^[\p{L}\p{N}_]*$/u.test(bare) ? [bare, text] : null;
    }
    // A numbered line after the lines before it in its function: { result, update, op }.
    function step(line, before, name, known) {
        const lets = {};
        for (const [name, text] of before.map(definition).filter(Boolean)) {
            // What isn't needed may be anything.
            try {
                if (!known(name)) lets[name] = lower(parse(text), known, lets);
            } catch (error) {
                if (error.word === undefined) throw error;
            }
        }
        const [result, text] = definition(line) ?? [name, statement(line)];
        const tree = parse(text);
        const [kind, changed, made] = tree;
        if (kind === "zip_apply" && changed[0] === "value") return { result: changed[1], update: true, op: lower(made, known, lets) };
        return { result, update: false, op: lower(tree, known, lets) };
    }

    // Every tree that differs from this one in one place, with what is said of this one if that one is right.
    function variants(op, of) {
        const [kind, a, b] = op;
        const found = [];
        const add = (tree, reason) => found.push([tree, reason]);
        if (kind === "t") add(a, `${said(a)} is transposed, and should not be`);
        else add(["t", op], kind === "value" ? `⊤ is missing: ${said(op)} has to be transposed` : "yours is the transpose");
        if (kind === "dot") add(["dot", b, a], "the factors are the other way round");
        if (kind === "-") add(["-", b, a], "the sign: the difference is the other way round");
        if (kind === "dot") add(["*", a, b], "a product of matrices stands where an element-wise product belongs");
        if (kind === "*") add(["dot", a, b], "an element-wise product stands where a product of matrices belongs");
        if (Object.hasOwn(run.functions, kind)) for (const name of Object.keys(run.functions)) if (name !== kind) add([name, a], `${kind.replace("_prime", "′")} stands where ${name.replace("_prime", "′")} belongs`);
        if (kind === "value") {
            for (const name of of.letters) {
                const mask = of.mask && name[0] !== "d";
                if (name !== a) add(["value", name], mask ? `the mask of relu is taken at ${a}, it belongs at ${name}` : `${a} stands where ${name} belongs`);
            }
        }
        [a, b].forEach((part, at) => {
            if (!Array.isArray(part)) return;
            for (const [tree, reason] of variants(part, { ...of, mask: kind === "relu_prime" })) add(Object.assign([...op], { [at + 1]: tree }), reason);
        });
        return found;
    }
    const said = ([kind, a]) => (kind === "value" ? a : "that factor");
    // Whether a right-hand side is the gradient `result` at every place; else why not. Its letters have their true values.
    function judge(op, result, truths) {
        const at = (op) => truths.map((truth) => {
            try {
                return run.evaluate(op, truth);
            } catch (error) {
                return error;
            }
        });
        const right = (op, name = result) => at(op).every((found, i) => !(found instanceof Error) && run.error(found, truths[i][name]) < 1e-6);
        if (right(op)) return null;
        const n = ["value", run.n];
        const letters = Object.keys(truths[0]).filter((name) => truths[0][name].data.length > 1);
        const tries = [[["-", one(0), op], "the sign"], [["/", op, n], `1/${run.sizes(run.y)[0]} is missing`], [["*", op, n], `1/${run.sizes(run.y)[0]} is one too many`],
            [["t", op], "yours is the transpose"], [["sum_of_rows", op], "the sum over the samples is missing"]];
        tries.push(...variants(op, { letters: letters.filter((name) => name !== result) }));
        for (const z of letters.filter((name) => name[0] === "z")) tries.push([["*", op, ["relu_prime", ["value", z]]], `the mask of relu is missing: ∗ relu′(${z})`]);
        const hit = tries.find(([tree]) => right(tree));
        if (hit) return hit[1];
        const other = run.gradients.find((step) => right(op, step.result));
        if (other) return `this is the gradient of ${other.result.slice(1)}, ${other.result}`;
        const [found, wanted] = [at(op)[0], truths[0][result]];
        if (found instanceof Error) return run.names(found.message);
        if (run.shape(found) !== run.shape(wanted)) return `shape ${run.names(run.shape(found))}, a gradient has that of ${result.slice(1)}: ${run.names(run.shape(wanted))}`;
        return "not the gradient, and no single change makes it that";
    }
    return { parse, lower, step, statement, judge };
})();
