"use strict";
// The lines run in the page. `run` computes from the trees of the numbered lines, in their order, and knows no
// net: what the weights, the samples and the gradients are is seen from the lines themselves.
const run = (() => {
    const run = { steps: [], letters: {}, weights: [], biases: [], inputs: {}, chosen: {} };
    const { functions } = show;
    function matrix(rows, cols, of) {
        const data = new Float64Array(rows * cols);
        for (let k = 0; k < data.length; k++) data[k] = of(k);
        return { rows, cols, data };
    }
    const shape = ({ rows, cols }) => `${rows}×${cols}`;
    const total = (a) => a.data.reduce((sum, x) => sum + x, 0);
    const rowOf = (a, i) => a.data.subarray(i * a.cols, (i + 1) * a.cols);

    // The operations of `matrix` and the functions of `nets`, with their complaints.
    const binary = { "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y };
    const called = { "+": "add", "-": "sub", "*": "hadamard", "/": "div" };
    const operations = {
        t: (a) => matrix(a.cols, a.rows, (k) => a.data[(k % a.rows) * a.cols + Math.floor(k / a.rows)]),
        dot(a, b) {
            if (a.cols !== b.rows) throw new Error(`dot: ${shape(a)} by ${shape(b)}, inner sizes differ`);
            const c = { rows: a.rows, cols: b.cols, data: new Float64Array(a.rows * b.cols) };
            for (let i = 0; i < a.rows; i++) {
                for (let k = 0; k < a.cols; k++) {
                    const x = a.data[i * a.cols + k];
                    for (let j = 0; j < b.cols; j++) c.data[i * b.cols + j] += x * b.data[k * b.cols + j];
                }
            }
            return c;
        },
        add_row(a, b) {
            if (b.rows !== 1 || b.cols !== a.cols) throw new Error(`add_row: ${shape(b)} to ${shape(a)}, not 1×${a.cols}`);
            return matrix(a.rows, a.cols, (k) => a.data[k] + b.data[k % a.cols]);
        },
        sum_of_rows(a) {
            const sums = new Float64Array(a.cols);
            for (let k = 0; k < a.data.length; k++) sums[k % a.cols] += a.data[k];
            return { rows: 1, cols: a.cols, data: sums };
        },
        softmax_of_rows(a) {
            const largest = matrix(a.rows, 1, (i) => Math.max(...rowOf(a, i)));
            const powers = matrix(a.rows, a.cols, (k) => Math.exp(a.data[k] - largest.data[Math.floor(k / a.cols)]));
            const sums = matrix(a.rows, 1, (i) => rowOf(powers, i).reduce((s, p) => s + p, 0));
            return matrix(a.rows, a.cols, (k) => powers.data[k] / sums.data[Math.floor(k / a.cols)]);
        },
        sum: (a) => matrix(1, 1, () => total(a)),
        norm_squared: (a) => matrix(1, 1, () => a.data.reduce((s, x) => s + x * x, 0)),
        cross_entropy(z, y) {
            if (shape(z) !== shape(y)) throw new Error(`hadamard: ${shape(z)} and ${shape(y)}, shapes differ`);
            let sum = 0;
            for (let i = 0; i < z.rows; i++) {
                const [row, is] = [rowOf(z, i), rowOf(y, i)];
                const score = row.reduce((s, z, k) => s + z * is[k], 0);
                const above = Array.from(row, (z) => z - score);
                const t = above.indexOf(Math.max(...above));
                sum += above[t] + Math.log1p(above.reduce((s, z, k) => (k === t ? s : s + Math.exp(z - above[t])), 0));
            }
            return matrix(1, 1, () => sum / z.rows);
        },
    };
    for (const [name, of] of Object.entries(functions)) operations[name] = (a) => matrix(a.rows, a.cols, (k) => of(a.data[k]));
    function evaluate([kind, ...terms], values) {
        if (kind === "number") return { rows: 1, cols: 1, data: terms };
        if (kind === "value") {
            if (!values[terms[0]]) throw new Error(`${terms[0]} has no value here`);
            return values[terms[0]];
        }
        const [x, y] = terms.map((term) => evaluate(term, values));
        const of = binary[kind];
        if (!of) return operations[kind](x, y);
        if (y.data.length === 1) return matrix(x.rows, x.cols, (k) => of(x.data[k], y.data[0]));
        if (x.data.length === 1) return matrix(y.rows, y.cols, (k) => of(x.data[0], y.data[k]));
        if (shape(x) !== shape(y)) throw new Error(`${called[kind]}: ${shape(x)} and ${shape(y)}, shapes differ`);
        return matrix(x.rows, x.cols, (k) => of(x.data[k], y.data[k]));
    }
    const letters = ([kind, ...terms]) => (kind === "value" ? terms : terms.filter(Array.isArray).flatMap(letters));

    // What is what, from the lines: { tag: { result, key, op } } and { letter: { shape } }.
    function read(steps, about, values) {
        run.steps = Object.entries(steps).map(([tag, step]) => Object.assign(step, { tag, update: step.key !== step.result }));
        run.letters = about;
        // The gradients are those of the data loss; what is shown is J, where there is more to it.
        run.loss = "data_loss" in values ? "data_loss" : "loss";
        run.total = "loss" in values ? "loss" : run.loss;
        run.forward = run.steps.slice(0, run.steps.findIndex((step) => step.result === run.loss) + 1);
        const used = [...new Set(run.forward.flatMap((step) => letters(step.op)))];
        const updated = new Set(run.steps.filter((step) => step.update).map((step) => step.result));
        const made = new Set(run.steps.map((step) => step.result));
        run.weights = used.filter((name) => updated.has(name));
        const added = ([kind, ...terms]) => [...(kind === "add_row" ? letters(terms[1]) : []), ...terms.filter(Array.isArray).flatMap(added)];
        run.biases = run.forward.flatMap((step) => added(step.op));
        const given = used.filter((name) => !made.has(name) && values[name].rows > 1);
        run.y = letters(run.forward.at(-1).op).find((name) => given.includes(name));
        run.x = given.find((name) => name !== run.y);
        run.n = sizes(run.y)[0].toLowerCase();
        run.gradients = run.steps.filter((step) => !step.update && step.result[0] === "d" && step.result.slice(1) in values);
        run.classes = run.forward.some((step) => step.op[0] === "softmax_of_rows");
        run.output = run.forward.find((step) => ["softmax_of_rows", "sigmoid"].includes(step.op[0])).result;
        // Of several updates of one letter the run took the one that led to what was recorded next.
        run.chosen = Object.fromEntries(run.steps.filter((step) => step.update).map((step) => [step.result, step.tag]));
        for (const step of run.steps.filter((step) => step.update && values[step.key].all)) {
            const [now, next] = [values[step.key].all[0], values[step.result].all[1]];
            if (String(now) === String(next)) run.chosen[step.result] = step.tag;
        }
    }
    const sizes = (name) => run.letters[name].shape.split("×").map((size) => size.trim());

    // Everything that follows from samples, weights and settings; then what the updates make of them.
    function compute(values, steps = run.steps) {
        for (const step of steps) {
            try {
                values[step.key] = evaluate(step.op, values);
            } catch (error) {
                // In the code an update is one zip_apply.
                const [whole, other] = [values[step.result], letters(step.op).map((name) => values[name]).find((a) => a?.data.length > 1 && shape(a) !== shape(values[step.result]))];
                if (step.update && other) error.message = `zip_apply: ${shape(whole)} and ${shape(other)}, shapes differ`;
                throw Object.assign(error, { tag: step.tag });
            }
        }
        return values;
    }
    function next(values) {
        const after = { ...values };
        for (const step of run.steps) if (run.chosen[step.result] === step.tag) after[step.result] = values[step.key];
        return compute(after);
    }
    // The place of the largest entry in each row; of one alone, whether it is above a half.
    const answers = (a) => Array.from({ length: a.rows }, (_, i) => rowOf(a, i)).map((row) => (row.length > 1 ? row.indexOf(Math.max(...row)) : Number(row[0] > 0.5)));
    const right = (found, labels) => `${found.filter((k, i) => k === labels[i]).length} of ${found.length} right`;
    // Beside the labels, as `runs.rs` writes them.
    function predicts(values) {
        const [found, labels] = [run.output, run.y].map((name) => answers(values[name]));
        return `${found.join(" ")}, ${right(found, labels)}`;
    }
    // A recorded state as matrices, and matrices as a state.
    function taken({ values }) {
        return Object.fromEntries(Object.entries(values).map(([key, data]) => [key, matrix(show.data.values[key].rows, show.data.values[key].cols, (k) => data[k])]));
    }
    function state(matrices) {
        const each = (of) => Object.fromEntries(Object.entries(matrices).map(([key, a]) => [key, of(a)]));
        return { values: each(({ data }) => Array.from(data)), shapes: each(({ rows, cols }) => [rows, cols]) };
    }

    // The numbers of `matrix::Rng`.
    function random(seed) {
        const word = (x) => BigInt.asUintN(64, x);
        const left = (x, n) => word(x << n) | (x >> (64n - n));
        let x = BigInt(seed);
        const s = Array.from({ length: 4 }, () => {
            x = word(x + 0x9e3779b97f4a7c15n);
            let z = word((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
            z = word((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
            return z ^ (z >> 31n);
        });
        function uniform() {
            const result = word(left(word(s[0] + s[3]), 23n) + s[0]);
            const t = word(s[1] << 17n);
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = left(s[3], 45n);
            return Number(result >> 11n) / 2 ** 53;
        }
        const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
        return { uniform, normal };
    }
    // Weights and biases at the start, with as many hidden units as `hidden` says of each letter.
    function start(values, { seed, start, hidden }) {
        const { normal } = random(seed);
        const named = Object.fromEntries([run.x, run.y].flatMap((name) => sizes(name).map((size, i) => [size, i ? values[name].cols : values[name].rows])));
        for (const name of run.weights) {
            const [rows, cols] = sizes(name).map((size) => hidden[size] ?? named[size] ?? Number(size));
            const bias = run.biases.includes(name);
            const spread = start === "he" ? Math.sqrt(2 / rows) : 0.01;
            const draw = { small: () => spread * normal(), he: () => (bias ? 0 : spread * normal()), zero: () => 0, equal: () => 0.01 }[start];
            values[name] = matrix(rows, cols, draw);
        }
        return values;
    }

    // Places to check at: sizes that all differ, so that a shape has one name, and no input of a relu near 0.
    function points(settings) {
        const all = [run.x, run.y, ...run.weights].flatMap(sizes).filter((size) => size !== "1");
        const named = Object.fromEntries([...new Set(all)].map((size, i) => [size, [7, 3, 5, 4, 6, 8, 9][i]]));
        const { uniform, normal } = random(1);
        run.names = (text) => text.replace(/\d+(?=×)|(?<=×)\d+/g, (n) => Object.keys(named).find((size) => named[size] === Number(n)) ?? n);
        const draw = () => {
            const values = { ...settings, [run.n]: matrix(1, 1, () => named[sizes(run.y)[0]]) };
            for (const name of [run.x, ...run.weights]) values[name] = matrix(...sizes(name).map((size) => named[size] ?? 1), normal);
            const [rows, cols] = sizes(run.y).map((size) => named[size]);
            const labels = Array.from({ length: rows }, () => Math.floor(cols * uniform()));
            values[run.y] = matrix(rows, cols, (k) => (run.classes ? Number(labels[Math.floor(k / cols)] === k % cols) : Math.round(uniform())));
            return values;
        };
        const off = (values) => run.forward.every((step) => step.op[0] !== "relu" || evaluate(step.op[1], compute({ ...values }, run.forward)).data.every((z) => Math.abs(z) > 1e-3));
        const found = [];
        for (let tries = 0; found.length < 3 && tries < 500; tries++) {
            const values = draw();
            if (off(values)) found.push(values);
        }
        return found;
    }
    // The gradient of the loss with respect to a letter, by central differences: forward is run from there on.
    function differences(values, name) {
        const rest = run.forward.slice(run.forward.findIndex((step) => step.result === name) + 1);
        const moved = { ...values[name], data: Float64Array.from(values[name].data) };
        const at = (k, x) => {
            moved.data[k] = x;
            return compute({ ...values, [name]: moved }, rest)[run.loss].data[0];
        };
        return matrix(moved.rows, moved.cols, (k) => {
            const x = values[name].data[k];
            const difference = at(k, x + 1e-5) - at(k, x - 1e-5);
            moved.data[k] = x;
            return difference / (x + 1e-5 - (x - 1e-5));
        });
    }
    // The largest difference as a share of the gradient's norm.
    function error(found, expected) {
        if (shape(found) !== shape(expected)) return Infinity;
        const norm = Math.sqrt(Math.max(operations.norm_squared(found).data[0], operations.norm_squared(expected).data[0]));
        const largest = found.data.reduce((most, x, k) => Math.max(most, Math.abs(x - expected.data[k])), 0);
        return largest === 0 ? 0 : largest / norm;
    }
    // The true gradients at each place; they change only with the lines of forward.
    function truths(settings) {
        return points(settings).map((values) => {
            const all = compute({ ...values }, run.forward);
            for (const { result } of run.gradients) all[result] = differences(all, result.slice(1));
            return all;
        });
    }
    // Each gradient as the lines make it now, one from the other: { tag: error }.
    function check(truths) {
        const errors = Object.fromEntries(run.gradients.map(({ tag }) => [tag, 0]));
        for (const truth of truths) {
            const found = compute({ ...truth });
            for (const { tag, result } of run.gradients) errors[tag] = Math.max(errors[tag], error(found[result], truth[result]) || 0);
        }
        return errors;
    }
    return Object.assign(run, { functions, matrix, shape, sizes, evaluate, used: letters, read, compute, next, answers, right, predicts, taken, state, random, start, truths, check, error, binary, operations });
})();
