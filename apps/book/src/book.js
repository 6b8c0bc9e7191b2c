"use strict";
// The script of the book. Every fact that it uses stands in the page; it only lights up, scrolls and
// shows. Its whole state is one object.
(() => {
    const book = { data: null, moment: 0, equation: null, chosen: null, anchors: [] };
    const root = document.documentElement;
    root.classList.add("script");
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const one = (selector, within = document) => within.querySelector(selector);

    // Light and dark: as the system, or as chosen.
    function stored(theme) {
        try {
            if (theme !== undefined) localStorage.setItem("theme", theme);
            return localStorage.getItem("theme") ?? "";
        } catch {
            return theme ?? "";
        }
    }
    function showTheme(theme) {
        if (theme) root.dataset.theme = theme;
        else delete root.dataset.theme;
    }
    function nextTheme() {
        const order = { "": "dark", dark: "light", light: "" };
        const dark = matchMedia("(prefers-color-scheme: dark)").matches;
        const now = root.dataset.theme ?? "";
        const next = now === "" && dark ? "light" : now === "light" && dark ? "dark" : order[now];
        showTheme(stored(next));
    }
    showTheme(stored());

    // Numbers as Rust writes them: four significant digits, a real minus.
    function number(x) {
        if (Number.isInteger(x) && Math.abs(x) < 1e4) return String(x + 0).replace("-", "−");
        const exponent = Number(x.toExponential(3).split("e")[1]);
        const text = exponent >= -3 && exponent < 4 ? x.toPrecision(4) : x.toExponential(3).replace("e+", "e");
        return text.replaceAll("-", "−");
    }
    function entries(key) {
        const value = book.data.values[key];
        return value.all[Math.min(book.moment, value.all.length - 1)];
    }
    function shape(key) {
        const { rows, cols } = book.data.values[key];
        return [rows, cols];
    }

    // The slider: all numbers of the page are those of one iteration.
    function colour(x, largest, stopped) {
        const size = x === 0 ? 0 : Math.ceil((Math.abs(x) / largest) * 3);
        return (x < 0 ? "m" : "p") + size + (stopped ? " stopped" : "");
    }
    function showMoment(moment) {
        book.moment = moment;
        for (const element of all("[data-key]")) {
            const values = entries(element.dataset.key);
            if (element.localName !== "figure") {
                element.textContent = number(values[0]);
                continue;
            }
            const largest = Math.max(...values.map(Math.abs));
            const mask = book.data.steps[element.dataset.result]?.stopped;
            all("td", element).forEach((cell, k) => {
                cell.textContent = number(values[k]);
                cell.title = String(values[k]);
                cell.className = colour(values[k], largest, mask && entries(mask)[k] < 0);
            });
        }
        one("#book-iteration").textContent = book.data.iterations[moment];
        one("#book-loss").textContent = number(book.data.loss[moment]);
        one("#book-predicts").textContent = book.data.predicts[moment];
        one("#book-slider").setAttribute("aria-valuetext", `iteration ${book.data.iterations[moment]}`);
        if (book.chosen) choose(book.chosen.table, book.chosen.k);
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
        const step = book.data.steps[table.dataset.result];
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
        book.chosen = { table, k };
    }

    // One letter, everywhere.
    function showLetter(name) {
        for (const element of all(".same")) element.classList.remove("same");
        const card = one("#book-card");
        if (!card) return;
        card.textContent = "";
        if (!name) return;
        for (const element of all(`[data-s="${name}"]`)) element.classList.add("same");
        const about = book.data?.letters[name];
        if (!about) return;
        const value = book.data.values?.[name];
        const numbers = value ? `${value.rows} × ${value.cols}` : "";
        const parts = [name];
        if (about.shape || numbers) parts.push(value && value.rows * value.cols === 1 ? `= ${number(entries(name)[0])}` : [about.shape, numbers].filter(Boolean).join(" = "));
        if (about.what) parts.push(about.what);
        if (about.made) parts.push(`made by (${about.made})`);
        card.textContent = parts.join("   ·   ");
    }

    // Equation and line.
    function lineOf(equation) {
        return document.getElementById(equation.dataset.line ?? equation.dataset.from);
    }
    function light(tag) {
        for (const element of all(".lit")) element.classList.remove("lit");
        if (tag) for (const element of all(`[data-eq="${tag}"]`)) element.classList.add("lit");
    }
    function lightQuote(quote) {
        light(null);
        const [from, to] = [quote.dataset.from, quote.dataset.to].map((id) => document.getElementById(id));
        const lines = all(".line", from.closest(".file"));
        for (const line of lines.slice(lines.indexOf(from), lines.indexOf(to) + 1)) line.classList.add("lit");
    }
    const wide = matchMedia("(min-width: 1100px)");
    const pane = () => (wide.matches ? one(".files") : null);

    // Where the pane has to be so that each anchor's line stands at its height: monotone, as both count
    // up in the same order, exact around each anchor, and moving in between.
    function measure() {
        const files = pane();
        book.anchors = [];
        if (!files) return;
        for (const section of all(".file", files)) section.classList.add("open");
        const top = files.getBoundingClientRect().top;
        const origins = new Map(all(".file", files).map((section) => [section, section.getBoundingClientRect().top]));
        for (const element of all(".eq, .quote:not(.tagged)")) {
            const box = element.getBoundingClientRect();
            const line = lineOf(element);
            const file = line?.closest(".file");
            if (!file || !box.height) continue;
            const middle = line.getBoundingClientRect();
            const y = box.top + scrollY + (element.matches(".eq") ? box.height / 2 : 10);
            book.anchors.push({ element, file, y, line: middle.top + middle.height / 2 - origins.get(file) });
        }
        book.top = Number.parseFloat(getComputedStyle(files).top);
        // The page begins with the beginning of the first file.
        const first = book.anchors[0];
        const start = (book.top + innerHeight) / 2;
        if (first && first.y > start) {
            const space = Number.parseFloat(getComputedStyle(one("h2", first.file)).marginBottom);
            book.anchors.unshift({ element: null, file: first.file, y: start, line: Math.min(first.line, space - book.top + start) });
        }
        follow();
    }
    // The height at which one reads: the middle.
    function reading() {
        return scrollY + (book.top + innerHeight) / 2;
    }
    function nearest(y) {
        return book.anchors.reduce((best, anchor) => (Math.abs(anchor.y - y) < Math.abs((best?.y ?? Infinity) - y) ? anchor : best), null);
    }
    function follow() {
        const files = pane();
        if (!files || !book.anchors.length) return;
        const y = reading();
        const anchor = nearest(y);
        for (const section of all(".file", files)) section.classList.toggle("open", section === anchor.file);
        const at = book.anchors.indexOf(anchor);
        const neighbour = book.anchors[y < anchor.y ? at - 1 : at + 1];
        let offset = anchor.line - anchor.y;
        if (neighbour && neighbour.file === anchor.file) {
            // The line keeps up with its equation around it, and the pane rests or hurries in between.
            const gap = Math.abs(neighbour.y - anchor.y);
            const still = Math.max(0, Math.min(0.35 * gap, Math.abs(neighbour.line - anchor.line) / 2));
            const moved = Math.max(0, Math.abs(y - anchor.y) - still) / Math.max(1, gap - 2 * still);
            offset += (neighbour.line - neighbour.y - offset) * moved;
        }
        files.scrollTop = scrollY + book.top + offset;
        if (book.equation !== anchor.element) {
            book.equation = anchor.element;
            if (!anchor.element) light(null);
            else if (anchor.element.matches(".eq")) light(anchor.element.dataset.eq);
            else lightQuote(anchor.element);
        }
    }
    function goTo(equation, focus = true) {
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
        equation.scrollIntoView({ block: "center", behavior: still ? "instant" : "auto" });
        if (focus) equation.focus({ preventScroll: true });
        light(equation.dataset.eq);
    }
    function step(direction) {
        const equations = all(".eq");
        if (!equations.length) return;
        const focused = document.activeElement?.closest?.(".eq");
        let at = equations.indexOf(focused ?? null);
        if (at < 0) {
            const y = book.anchors.length ? reading() : scrollY + innerHeight * 0.4;
            const heights = equations.map((equation) => equation.getBoundingClientRect().top + scrollY);
            at = direction > 0 ? heights.findIndex((height) => height > y - 20) : heights.findLastIndex((height) => height < y - 40);
            if (at < 0) at = direction > 0 ? equations.length - 1 : 0;
        } else at = Math.min(Math.max(at + direction, 0), equations.length - 1);
        goTo(equations[at]);
    }

    function copy(element) {
        navigator.clipboard?.writeText(element.textContent).then(() => {
            element.classList.add("copied");
            setTimeout(() => element.classList.remove("copied"), 1500);
        }, () => getSelection().selectAllChildren(element));
    }
    function place() {
        const headings = all("main :is(h1, h2, h3)[id]");
        const now = headings.findLast((heading) => heading.getBoundingClientRect().top < innerHeight * 0.4) ?? headings[0];
        for (const link of all(".contents li ol a")) {
            if (now && link.hash === `#${now.id}`) link.setAttribute("aria-current", "location");
            else link.removeAttribute("aria-current");
        }
    }

    function onClick(event) {
        const target = event.target;
        const cell = target.closest("[data-result] td");
        if (cell) {
            const table = cell.closest("figure");
            return choose(table, all("td", table).indexOf(cell));
        }
        if (target.closest(".copy")) return copy(target.closest(".copy"));
        if (target.closest(".dim")) {
            const button = target.closest(".dim");
            const dimmed = button.closest(".file").classList.toggle("dimmed");
            return button.setAttribute("aria-pressed", dimmed);
        }
        if (target.closest("a")) return undefined;
        const equation = target.closest(".eq");
        if (equation) return goTo(equation, false);
        return undefined;
    }
    function onPoint(event) {
        const name = event.target.closest?.("[data-s]")?.dataset.s ?? null;
        if (name !== book.letter) showLetter((book.letter = name));
        const tag = event.target.closest?.("[data-eq]")?.dataset.eq ?? event.target.closest?.("[data-of]")?.dataset.of;
        if (tag) light(tag);
        else if (event.type === "pointerover" && book.equation?.dataset.eq) light(book.equation.dataset.eq);
    }
    function onKey(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, dialog *")) return;
        const table = event.target.closest?.("[data-result]");
        const cols = table ? one("tr", table).children.length : 0;
        const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -cols, ArrowDown: cols, Enter: 0, " ": 0 };
        if (table && event.key in moves) {
            event.preventDefault();
            const k = book.chosen?.table === table ? book.chosen.k + moves[event.key] : 0;
            if (k >= 0 && k < all("td", table).length) choose(table, k);
        } else if (event.key === "n") step(1);
        else if (event.key === "p") step(-1);
        else if (event.key === "l") nextTheme();
        else if (event.key === "?") one("#book-keys")?.showModal();
        else if (event.key === "Enter" && event.target.matches?.(".copy")) copy(event.target);
        else if (event.key === "Enter" && event.target.matches?.(".eq")) goTo(event.target);
    }
    function start() {
        const json = one("#book-data");
        book.data = json ? JSON.parse(json.textContent) : null;
        for (const element of all(".copy")) {
            element.tabIndex = 0;
            element.setAttribute("role", "button");
        }
        for (const letter of all(".eq [data-s]")) letter.setAttribute("tabindex", "0");
        one("#book-theme")?.addEventListener("click", nextTheme);
        const slider = one("#book-slider");
        if (slider) {
            slider.addEventListener("input", () => showMoment(Number(slider.value)));
            showMoment(Number(slider.value));
        }
        document.addEventListener("click", onClick);
        document.addEventListener("pointerover", onPoint);
        document.addEventListener("focusin", onPoint);
        document.addEventListener("keydown", onKey);
        addEventListener("scroll", () => (follow(), place()), { passive: true });
        addEventListener("resize", measure);
        addEventListener("beforeprint", () => slider && showMoment(Number(slider.max)));
        new ResizeObserver(measure).observe(one("main"));
        measure();
        place();
    }
    document.addEventListener("DOMContentLoaded", start);
})();
