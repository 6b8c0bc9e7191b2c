"use strict";
// The place of reading: what is lit, and where the pane with the files stands. Every fact that it uses stands in the
// page. Its whole state is one object.
(() => {
    const book = { equation: null, letter: null, anchors: [] };
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

    // One letter, everywhere.
    // Its card: below the row of the letter, or above where there is no room; it stays until one points
    // at another letter, goes on, or presses Escape.
    function showLetter(name, at) {
        for (const element of all(".same")) element.classList.remove("same");
        const card = one("#book-card");
        if (!card) return;
        card.textContent = "";
        if (!name) return;
        for (const element of all(`[data-s="${name}"]`)) element.classList.add("same");
        const content = document.getElementById(`card-${name}`)?.content.cloneNode(true);
        if (!content) return;
        const value = show.data?.values?.[name];
        if (value) one(".size", content).textContent = value.rows * value.cols === 1 ? ` = ${show.number(show.entries(name)[0])}` : ` = ${value.rows} × ${value.cols}`;
        card.append(content);
        const [letter, row] = [at.getBoundingClientRect(), (at.closest(".row, .line, p, li, tr") ?? at).getBoundingClientRect()];
        const below = row.bottom + card.offsetHeight + 8 < innerHeight;
        card.style.top = `${Math.max(0, below ? row.bottom + 4 : row.top - card.offsetHeight - 4)}px`;
        card.style.left = `${Math.max(8, Math.min(letter.left, innerWidth - card.offsetWidth - 8))}px`;
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
            return show.choose(table, all("td", table).indexOf(cell));
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
        clearTimeout(book.leaving);
        if (event.target.closest?.("#book-card")) return;
        const change = () => showLetter((book.letter = name), event.target.closest?.("[data-s]"));
        if (name && name !== book.letter) change();
        else if (!name && book.letter) book.leaving = setTimeout(change, 300);
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
            const k = show.chosen?.table === table ? show.chosen.k + moves[event.key] : 0;
            if (k >= 0 && k < all("td", table).length) show.choose(table, k);
        } else if (event.key === "n") step(1);
        else if (event.key === "p") step(-1);
        else if (event.key === "l") nextTheme();
        else if (event.key === "Escape") showLetter((book.letter = null));
        else if (event.key === "?") one("#book-keys")?.showModal();
        else if (event.key === "Enter" && event.target.matches?.(".copy")) copy(event.target);
        else if (event.key === "Enter" && event.target.matches?.(".eq")) goTo(event.target);
    }
    function start() {
        for (const element of all(".copy")) {
            element.tabIndex = 0;
            element.setAttribute("role", "button");
        }
        for (const letter of all(".eq [data-s]")) letter.setAttribute("tabindex", "0");
        one("#book-theme")?.addEventListener("click", nextTheme);
        document.addEventListener("click", onClick);
        document.addEventListener("pointerover", onPoint);
        document.addEventListener("focusin", onPoint);
        document.addEventListener("keydown", onKey);
        addEventListener("scroll", () => (follow(), place()), { passive: true });
        addEventListener("resize", measure);
        new ResizeObserver(measure).observe(one("main"));
        measure();
        place();
    }
    document.addEventListener("DOMContentLoaded", start);
})();
