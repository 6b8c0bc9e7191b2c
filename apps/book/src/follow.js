"use strict";
// The place of reading: what is lit, and where the pane with the files stands, follow from it alone. Every fact that is
// used stands in the page.
(() => {
    const book = { anchors: [], anchor: null, line: null, own: false, pinned: false, at: null, y: 0, letter: null, here: null };
    const root = document.documentElement;
    root.classList.add("script");
    const { all, one, stored } = show;

    // Light and dark: as the system, or as chosen.
    function showTheme(theme) {
        if (theme) root.dataset.theme = theme;
        else delete root.dataset.theme;
        const button = one("#book-theme");
        if (button) button.textContent = theme || "auto";
    }
    function nextTheme() {
        const order = ["", ...(matchMedia("(prefers-color-scheme: dark)").matches ? ["light", "dark"] : ["dark", "light"])];
        showTheme(stored("theme", order[(order.indexOf(root.dataset.theme ?? "") + 1) % 3]));
    }
    showTheme(stored("theme"));

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

    // Anchors: an equation with its numbers, a quote with the words that lead to it. One reads at the middle.
    const wide = matchMedia("(min-width: 1100px)");
    const pane = () => (wide.matches ? one(".files") : null);
    const top = () => one(".bar")?.offsetHeight ?? 0;
    const middle = () => (top() + innerHeight) / 2;
    const reading = () => scrollY + middle();
    const open = (file) => all(".file").forEach((section) => section.classList.toggle("open", section === file));
    const within = ([least, most], x) => Math.min(Math.max(x, least), most);
    function measure() {
        const files = pane();
        book.anchors = [];
        if (!files) return;
        for (const section of all(".file", files)) section.classList.add("open");
        const origins = new Map(all(".file", files).map((section) => [section, section.getBoundingClientRect().top]));
        for (const element of all(".eq, .quote:not(.tagged)")) {
            const lines = ["line", "from", "to"].map((key) => document.getElementById(element.dataset[key])).filter(Boolean);
            const file = lines[0]?.closest(".file");
            const box = element.getBoundingClientRect();
            if (!file || !box.height) continue;
            const [first, last] = [lines[0], lines.at(-1)].map((line) => line.getBoundingClientRect());
            const equation = element.matches(".eq");
            const next = element.nextElementSibling;
            const before = element.previousElementSibling;
            const start = !equation && before?.matches("p") ? before.getBoundingClientRect().top : box.top;
            const end = equation && next?.matches(".numbers") ? next.getBoundingClientRect().bottom : box.bottom;
            const origin = origins.get(file);
            // The least and the most that the pane may be scrolled by while the lines are in sight, and where the first
            // is at the height of reading.
            const sight = [last.bottom - origin + 8 - files.clientHeight, first.top - origin - one("h2", file).offsetHeight - 8];
            const line = within(sight, (first.top + first.bottom) / 2 - origin + top() - middle());
            book.anchors.push({ element, file, sight, line, start: first.top - origin,
                top: start + scrollY, end: end + scrollY, y: (box.top + box.bottom) / 2 + scrollY });
        }
        knot();
        open(book.anchor?.file);
        follow();
    }
    // Where the pane has to be when an equation is in the middle, and around it, where they move together: knots, from
    // which to which it goes straight. Anchors are in one run while the file is the same and the line stays in sight
    // at the pace of the page.
    function knot() {
        const runs = [];
        book.anchors.forEach((anchor, i) => {
            const before = book.anchors[i - 1];
            const far = before && Math.abs(anchor.line - before.line) > anchor.y - before.y + innerHeight / 4;
            if (far || anchor.file !== before?.file) runs.push([]);
            anchor.run = runs.at(-1);
            anchor.run.push(anchor);
        });
        for (const run of runs) {
            const knots = run.flatMap((anchor, i) => [-together(run[i - 1], anchor), together(anchor, run[i + 1])].map((d) => [anchor.y + d, anchor.line + d]));
            // Where lines are further apart than their equations: halfway between the two extremes that keep the pace.
            run.knots = knots.map(([y]) => {
                const high = Math.max(...knots.map(([at, to]) => to - Math.abs(y - at)));
                const low = Math.min(...knots.map(([at, to]) => to + Math.abs(y - at)));
                return [y, (high + low) / 2];
            });
        }
    }
    // How far an equation and its line move together: a quarter of the way to the next, nearly, less where the code goes
    // the other way. On the rest of the way the pane gets from line to line, and not faster than the page.
    function together(before, after) {
        if (!before || !after) return innerHeight / 2;
        return 0.23 * Math.max(0, after.y - before.y + Math.min(0, after.line - before.line));
    }
    function height({ run: { knots } }, y) {
        const next = knots.findIndex(([at]) => at > y);
        const [at, line] = knots.at(next < 0 ? -1 : Math.max(next - 1, 0));
        if (next <= 0) return line + y - at;
        const [then, to] = knots[next];
        return line + ((to - line) * (y - at)) / (then - at);
    }
    // The anchor nearest to the place of reading; one in another file not before it is being read.
    function nearest(y) {
        const away = ({ top, end }) => Math.max(top - y, y - end, 0);
        const best = book.anchors.reduce((best, anchor) => (away(anchor) < away(best) ? anchor : best));
        const passed = book.anchors.findLast((anchor) => anchor.top <= y);
        return passed && passed.file !== best.file && best.top > y + 100 ? passed : best;
    }
    function follow(pace = Infinity) {
        const files = pane();
        if (!files || !book.anchors.length) return;
        const y = reading();
        const anchor = nearest(y);
        if (anchor.element !== book.anchor?.element) [book.line, book.own] = [null, false];
        book.anchor = anchor;
        light(book.line ?? anchor.element);
        if (book.pinned || book.own) return;
        if (!anchor.file.matches(".open")) pace = Infinity;
        open(anchor.file);
        // Whoever came to an equation finds its line level with it; from there the pane goes on at the pace of the page.
        const came = book.at?.element === anchor.element && Math.abs(book.at.y - scrollY) < 2;
        const goal = came ? anchor.line + y - anchor.y : height(anchor, y);
        const at = files.scrollTop;
        files.scrollTop = within(anchor.sight, within([at - pace, at + pace], goal));
        book.scrolled = files.scrollTop;
    }
    function onScroll() {
        follow(Math.abs(scrollY - book.y));
        book.y = scrollY;
        place();
        here();
    }
    function light(element) {
        if (element === book.lit) return;
        book.lit = element;
        for (const other of all(".lit")) other.classList.remove("lit");
        const { eq, from, to } = element.dataset;
        if (eq) for (const other of all(`[data-eq="${eq}"]`)) other.classList.add("lit");
        element.classList.add("lit");
        if (!from) return;
        const first = document.getElementById(from);
        const lines = all(".line", first.closest(".file"));
        for (const line of lines.slice(lines.indexOf(first), lines.indexOf(document.getElementById(to)) + 1)) line.classList.add("lit");
    }

    // Whoever comes to a place comes through here: by a link, a key, a click, back or forward, or when the page opens.
    function arrive(element, focus = false) {
        if (!element) return;
        const files = pane();
        const line = element.closest(".files .line");
        const own = line && (line.dataset.eq ? document.getElementById(line.dataset.eq) : anchorOf(line)?.element);
        const goal = line && files ? own : element;
        if (goal) {
            goal.closest("details:not([open])")?.setAttribute("open", "");
            const box = goal.getBoundingClientRect();
            const centre = goal.matches(".eq, .line, .quote, .numbers *");
            scrollTo({ top: scrollY + (centre ? (box.top + box.bottom) / 2 - middle() : box.top - top() - 8), behavior: "instant" });
        }
        if (focus) element.focus({ preventScroll: true });
        [book.at, book.y, book.line, book.own] = [{ element: goal, y: scrollY }, scrollY, null, false];
        follow();
        here();
        if (files && line && !line.classList.contains("lit")) hold(files, line);
        else if (files && goal?.matches(".eq") && book.anchor?.element !== goal) hold(files, lineOf(goal), goal);
        else if (!files && element.matches(".eq, .line")) light(element);
    }
    const lineOf = (equation) => document.getElementById(equation.dataset.line);
    function anchorOf(line) {
        const y = line.getBoundingClientRect().top - line.closest(".file").getBoundingClientRect().top;
        const there = book.anchors.filter(({ file }) => file === line.closest(".file"));
        return there.findLast(({ start }) => start <= y + 1) ?? there[0];
    }
    // A line that isn't what the page speaks of stays in sight until the reader moves on.
    function hold(files, line, element = line) {
        open(line.closest(".file"));
        [book.line, book.own] = [element, true];
        light(element);
        const box = line.getBoundingClientRect();
        files.scrollTop += (box.top + box.bottom) / 2 - middle();
        book.scrolled = files.scrollTop;
    }
    const target = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));
    function remember(how, ...state) {
        try {
            history[how](...state);
        } catch {
            // Browsers refuse when it comes too often: the place is the reader's all the same.
        }
    }
    const save = () => remember("replaceState", { y: scrollY }, "");
    // An entry of the history is come back to where it was left, a new one at its target. The browser goes there itself,
    // between the first event and the last, and so do we, once more.
    function turn({ type }) {
        if (type !== "hashchange" && type !== "load") book.left = history.state?.y;
        if (book.left === undefined) return arrive(target());
        scrollTo({ top: book.left, behavior: "instant" });
        return follow();
    }
    function visit(element, hash = element.id) {
        save();
        remember("pushState", null, "", `#${hash}`);
        arrive(element);
    }
    function step(direction) {
        const equations = all(".eq").filter((equation) => equation.offsetHeight);
        if (!equations.length) return;
        let at = equations.indexOf(book.at && Math.abs(book.at.y - scrollY) < 2 ? book.at.element : null);
        if (at < 0) {
            const heights = equations.map((equation) => equation.getBoundingClientRect().bottom - middle());
            at = direction > 0 ? heights.findLastIndex((height) => height < 0) : heights.findIndex((height) => height > 0);
            if (at < 0) at = direction > 0 ? -1 : equations.length;
        }
        arrive(equations[Math.min(Math.max(at + direction, 0), equations.length - 1)], true);
    }
    // A window of another size shows the same place, and the top where it showed the top.
    function here() {
        const main = one("main").getBoundingClientRect();
        const element = document.elementFromPoint(main.left + main.width / 2, middle())?.closest("main .row, main .numbers, main > *");
        const box = element?.getBoundingClientRect();
        book.here = scrollY && box ? { element, part: (middle() - box.top) / box.height } : undefined;
    }
    function resize() {
        root.style.setProperty("--bar", `${top()}px`);
        // What scrolls can be reached by Tab.
        for (const box of all(".wide, .flow, .falk, pre, main p")) {
            if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
            else box.removeAttribute("tabindex");
        }
        const box = book.here?.element.getBoundingClientRect();
        if (box) scrollTo({ top: scrollY + box.top + box.height * book.here.part - middle(), behavior: "instant" });
        measure();
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
    function press(button) {
        const pressed = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", pressed);
        return pressed;
    }

    function onClick(event) {
        const { target } = event;
        const contents = one(".contents");
        if (contents?.open && !target.closest(".contents summary, .contents nav > ol > li:not(:has([aria-current=page]))")) contents.open = false;
        if (target.closest(".copy")) return copy(target.closest(".copy"));
        if (target.closest(".dim")) return target.closest(".file").classList.toggle("dimmed", press(target.closest(".dim")));
        if (target.closest(".pin")) {
            book.pinned = press(target.closest(".pin"));
            return follow();
        }
        const link = target.closest("a[href^='#']");
        const goal = link && !event.ctrlKey && !event.metaKey && document.getElementById(decodeURIComponent(link.hash.slice(1)));
        if (goal) {
            event.preventDefault();
            return visit(goal);
        }
        if (target.closest("a, button, summary, td") || !getSelection().isCollapsed) return undefined;
        const equation = target.closest(".eq");
        // A finger on a letter asks for the letter.
        if (equation && event.pointerType !== "touch") return arrive(equation);
        if (equation && pane()) return hold(pane(), lineOf(equation), equation);
        return undefined;
    }
    function onPoint(event) {
        const name = event.target.closest?.("[data-s]")?.dataset.s ?? null;
        clearTimeout(book.leaving);
        if (event.target.closest?.("#book-card")) return;
        const change = () => showLetter((book.letter = name), event.target.closest?.("[data-s]"));
        if (name && name !== book.letter) change();
        else if (!name && book.letter) book.leaving = setTimeout(change, 300);
        for (const element of all(".hint")) element.classList.remove("hint");
        for (const element of all(".dismissed")) if (!element.contains(event.target)) element.classList.remove("dismissed");
        const { eq } = event.type === "focusin" ? {} : event.target.closest?.("[data-eq]")?.dataset ?? {};
        if (eq) for (const element of all(`[data-eq="${eq}"]`)) element.classList.add("hint");
    }
    function onFocus(event) {
        onPoint(event);
        const equation = event.target.closest?.(".eq, .line");
        if (equation && event.target.matches(":focus-visible") && !equation.classList.contains("lit")) arrive(equation);
    }
    function onKey(event) {
        const { target, key } = event;
        if (key === "Escape") {
            showLetter((book.letter = null));
            one(".ref:is(:hover, :focus)")?.classList.add("dismissed");
            const contents = one(".contents[open]");
            if (contents) {
                contents.open = false;
                one("summary", contents).focus();
            }
        }
        if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea, [contenteditable], dialog *")) return;
        const equation = target.closest?.(".eq");
        const letters = equation ? [equation, ...all("[data-s]", equation)] : [];
        const side = { ArrowRight: 1, ArrowLeft: -1 }[key];
        if (side && letters.includes(target)) {
            event.preventDefault();
            letters[Math.min(Math.max(letters.indexOf(target) + side, 0), letters.length - 1)].focus();
        } else if (key === "Enter" && target.matches?.(".copy")) copy(target);
        else if (key === "Enter" && target === equation) arrive(equation);
        if (stored("keys") === "off") return;
        if (key === "n") step(1);
        else if (key === "p") step(-1);
        else if (key === "l") nextTheme();
        else if (key === "?") one("#book-keys")?.showModal();
    }
    function start(event) {
        history.scrollRestoration = "manual";
        showTheme(stored("theme"));
        for (const element of all(".copy")) {
            element.tabIndex = 0;
            element.setAttribute("role", "button");
        }
        for (const letter of all(".eq [data-s]")) letter.tabIndex = -1;
        one("#book-theme")?.addEventListener("click", nextTheme);
        one("#book-help")?.addEventListener("click", () => one("#book-keys").showModal());
        const shortcuts = one("#book-shortcuts");
        if (shortcuts) {
            shortcuts.checked = stored("keys") !== "off";
            shortcuts.addEventListener("change", () => stored("keys", shortcuts.checked ? "" : "off"));
        }
        document.addEventListener("click", onClick);
        document.addEventListener("pointerover", onPoint);
        document.addEventListener("focusin", onFocus);
        document.addEventListener("keydown", onKey);
        document.addEventListener("arrive", (event) => visit(event.detail));
        addEventListener("popstate", turn);
        for (const after of ["hashchange", "load"]) addEventListener(after, turn);
        addEventListener("pagehide", save);
        addEventListener("scrollend", save);
        addEventListener("scroll", onScroll, { passive: true });
        addEventListener("resize", resize);
        const files = one(".files");
        files?.addEventListener("scroll", () => {
            if (pane() && Math.abs(files.scrollTop - book.scrolled) > 2) book.own = true;
        }, { passive: true });
        resize();
        turn(event);
        place();
        here();
        const observer = new ResizeObserver(() => (root.style.setProperty("--bar", `${top()}px`), measure()));
        for (const element of all("main, .bar")) observer.observe(element);
    }
    document.addEventListener("DOMContentLoaded", start);
})();
