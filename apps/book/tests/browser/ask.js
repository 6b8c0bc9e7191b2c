// What the test of the book in a browser asks of a page. Each function returns a list of complaints.
window.ask = {
    // After two frames a scroll has reached the script and is drawn, however busy the machine is.
    async frames() {
        for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
        return [];
    },
    // Nothing is wider than the window; what is wide scrolls in its own box.
    width() {
        const wide = document.documentElement.scrollWidth;
        if (wide <= innerWidth) return [];
        const out = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility() && !element.closest(".wide, pre") && element.getBoundingClientRect().right > innerWidth + 1);
        return [`${wide} wide: ${out.slice(0, 3).map((element) => element.outerHTML.slice(0, 200))}`];
    },
    // What there is to read, from where to where on the page: each equation with its numbers, each quote with the
    // sentence before it.
    anchors() {
        const box = (element) => element.getBoundingClientRect();
        return [...document.querySelectorAll(".eq, .quote:not(.tagged)")].filter((element) => box(element).height).map((element) => {
            const lines = ["line", "from", "to"].map((key) => document.getElementById(element.dataset[key])).filter(Boolean);
            const [before, after] = [element.previousElementSibling, element.nextElementSibling];
            const start = element.matches(".quote") && before?.matches("p") ? before : element;
            const end = element.matches(".eq") && after?.matches(".numbers") ? after : element;
            return { element, lines, file: lines[0].closest(".file"), top: box(start).top + scrollY, end: box(end).bottom + scrollY };
        });
    },
    bar: () => document.querySelector(".bar").offsetHeight,
    middle: () => (ask.bar() + innerHeight) / 2,
    // Whether a line stands in the pane, below its head, or would if the pane were scrolled by so much less.
    sight(line, less = 0) {
        const [box, pane] = [line.getBoundingClientRect(), document.querySelector(".files").getBoundingClientRect()];
        const head = line.closest(".file").querySelector("h2").getBoundingClientRect().bottom;
        return box.height > 0 && box.top + less >= head - 1 && box.bottom + less <= pane.bottom + 1;
    },
    // At every place of a page, in steps of 60 px: one anchor is lit, the nearest, its line in sight, the pane no faster
    // than the page but for another file or a line that would be out of sight.
    places() {
        const [complaints, pane] = [[], document.querySelector(".files")];
        const anchors = ask.anchors();
        const away = ({ top, end }, y) => Math.max(top - y, y - end, 0);
        let [last, off] = [null, []];
        for (let top = 0; anchors.length && top <= document.documentElement.scrollHeight - innerHeight; top += 60) {
            scrollTo({ top, behavior: "instant" });
            dispatchEvent(new Event("scroll"));
            const y = scrollY + ask.middle();
            let near = anchors.toSorted((a, b) => away(a, y) - away(b, y))[0];
            const passed = anchors.findLast((anchor) => anchor.top <= y);
            if (passed && passed.file !== near.file && near.top > y + 100) near = passed;
            const lit = [...document.querySelectorAll(".files .file.open .line.lit")];
            if (!near.element.classList.contains("lit")) complaints.push(`${top}: ${near.element.id || near.element.dataset.from} isn't lit`);
            if (!lit.includes(near.lines[0]) || !lit.includes(near.lines.at(-1))) complaints.push(`${top}: ${near.lines[0].id} isn't lit`);
            if (!lit.some(ask.sight)) complaints.push(`${top}: no lit line in sight`);
            const [one, other] = [near.element, near.lines[0]].map((part) => part.getBoundingClientRect());
            const seen = one.top > ask.bar() && one.bottom < innerHeight;
            if (seen && near.element.matches(".eq")) off.push(Math.abs((one.top + one.bottom - other.top - other.bottom) / 2));
            const now = { near, file: near.file, at: pane.scrollTop, y: scrollY };
            const moved = last && Math.abs(now.at - last.at) - Math.abs(now.y - last.y);
            if (last?.file === now.file && moved > 2) {
                const less = now.at > last.at ? moved : -moved;
                const fits = ask.sight(near.lines[0], less) && ask.sight(near.lines.at(-1), less);
                if (fits && last.fits(less)) complaints.push(`${top}: the pane is ${moved} px faster than the page`);
            }
            const [first, end] = [near.lines[0].getBoundingClientRect().top, near.lines.at(-1).getBoundingClientRect().bottom];
            const [head, foot] = [near.file.querySelector("h2").getBoundingClientRect().bottom, pane.getBoundingClientRect().bottom];
            last = { ...now, fits: (less) => first - less >= head && end - less <= foot };
        }
        // The line of the equation that is lit is level with it at half of the places where one sees it, about.
        off.sort((a, b) => a - b);
        const median = off[Math.floor(off.length / 2)] ?? 0;
        if (median > 40) complaints.push(`half of the lit lines are ${Math.round(median)} px off and more`);
        return complaints;
    },
    // What a link, a click or a key leads to is in sight below the bar, lit, and its line with it.
    there(id) {
        const element = document.getElementById(id);
        if (!element) return [`${id}: isn't there`];
        const wide = matchMedia("(min-width: 1100px)").matches;
        const bar = document.querySelector(".bar").getBoundingClientRect().bottom;
        const visible = (element) => {
            const box = element.getBoundingClientRect();
            return box.top >= bar - 1 && box.top < innerHeight - 10 && (box.bottom <= innerHeight + 1 || box.height > innerHeight / 2);
        };
        const lit = (element, name) => (element.classList.contains("lit") ? [] : [`${id}: ${name} isn't lit`]);
        const seen = (line) => (ask.sight(line) ? [] : [`${id}: its line is out of sight`]);
        const line = document.getElementById(element.dataset.line);
        if (element.matches(".line") && wide) return [...lit(element, "it"), ...seen(element)];
        if (!visible(element)) return [`${id}: is at ${element.getBoundingClientRect().top}, out of sight`];
        if (!element.matches(".eq") || !wide) return [];
        // The line stands level with its equation in the middle.
        const [a, b] = [element, line].map((part) => part.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2);
        const level = Math.abs(a - ask.middle()) > 2 || Math.abs(a - b) < 4 ? [] : [`${id}: its line is ${Math.round(b - a)} px off`];
        return [...lit(element, "it"), ...lit(line, "its line"), ...seen(line), ...level];
    },
    // Every heading, equation and line of the page, by its address; every link to one in it, by a click.
    async arrivals(every) {
        const complaints = [];
        const turned = (act) => new Promise((done) => {
            addEventListener("hashchange", () => setTimeout(done), { once: true });
            act();
            setTimeout(done, 500);
        });
        // Browsers stop at 200 of these in ten seconds.
        for (const element of document.querySelectorAll(`.eq[id], .line[data-eq], .line[id]:nth-child(${every}n), main :is(h2, h3)[id]`)) {
            await turned(() => (location.hash = `#${element.id}`));
            complaints.push(...ask.there(element.id));
        }
        for (const link of document.querySelectorAll(`.number, .line a.tag, .where a, main a[href^='#'], .line:nth-child(${every}n) a.n`)) {
            const id = decodeURIComponent(link.hash.slice(1));
            if (!link.getAttribute("href").startsWith("#") || id.startsWith("book-")) continue;
            link.click();
            complaints.push(...ask.there(id).map((complaint) => `clicked ${complaint}`));
        }
        return complaints.slice(0, 10);
    },
    // When nothing moves any more.
    async still() {
        for (let last = -1; last !== scrollY; await new Promise((done) => setTimeout(done, 250))) last = scrollY;
        return [];
    },
    // The equation that n has to come to: the first that ends below the middle, or the one behind it if that is the one lit.
    next() {
        const y = scrollY + ask.middle();
        const equations = ask.anchors().filter(({ element }) => element.matches(".eq"));
        const passed = equations.findLastIndex(({ element }) => element.getBoundingClientRect().bottom + scrollY < y);
        return [equations[passed + 1].element.id];
    },
    turn: (act) => new Promise((done) => {
        addEventListener("popstate", () => setTimeout(() => done([]), 100), { once: true });
        act();
    }),
    // What the reader does in the pane stays until she moves on, or for good once it is pinned.
    async pane() {
        const [complaints, pane] = [[], document.querySelector(".files")];
        const at = async (by) => {
            scrollBy({ top: by, behavior: "instant" });
            await ask.frames();
            return pane.scrollTop;
        };
        pane.scrollTop += 50;
        await ask.frames();
        const own = pane.scrollTop;
        if ((await at(4)) !== own) complaints.push("the pane doesn't stay as it was scrolled");
        if ((await at(2000)) === own) complaints.push("the pane doesn't go on with the page");
        const pin = document.querySelector(".file.open .pin");
        pin.click();
        const pinned = pane.scrollTop;
        if ((await at(-1500)) !== pinned) complaints.push("a pinned pane moves");
        pin.click();
        return complaints;
    },
    // What axe found once: controls have names and can be hit, what scrolls can be reached by keys, tables have heads
    // with text, ids are unique. Numbers stand in one piece.
    usable() {
        const complaints = new Set();
        const seen = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility());
        // What is small has room around it, or stands in a text.
        const inText = (element) => {
            let block = element;
            do block = block.parentElement; while (getComputedStyle(block).display.startsWith("inline"));
            return getComputedStyle(element).display.startsWith("inline") && block.textContent.trim() !== element.textContent.trim();
        };
        const targets = seen.filter((element) => element.matches("button, input, select, summary, a[href], .copy, canvas[tabindex]")).map((element) => [element, element.getBoundingClientRect()]);
        for (const [element, box] of targets.filter(([element, { width, height }]) => Math.min(width, height) < 23.5 && !inText(element))) {
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const part = (element) => element.closest("header, main, aside, dialog");
            const near = ([other, { left, right, top, bottom }]) => other !== element && part(other) === part(element) && Math.hypot(Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0)) < 11.5;
            const other = targets.find(near);
            if (other) complaints.add(`${element.outerHTML.slice(0, 80)}: ${box.width} × ${box.height}, beside ${other[0].outerHTML.slice(0, 80)}`);
        }
        const name = (element) => element.getAttribute("aria-label") ?? ([...(element.labels ?? [])].map((label) => label.textContent).join("") || element.textContent);
        for (const element of seen) {
            const box = element.getBoundingClientRect();
            const say = (what) => complaints.add(`${element.localName}#${element.id}.${element.className}: ${what}`);
            if (element.matches("button, input, select, summary, a[href]") && !name(element).trim()) say("no name");
            const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
            if (scrolls && element.tabIndex < 0 && !element.querySelector("a, button, summary, [tabindex='0']")) say("scrolls without a key");
            const head = element.matches("th:not([role])") && element.cloneNode(true);
            for (const math of head ? head.querySelectorAll("math") : []) math.remove();
            if (head && !head.textContent.trim()) say("an empty head");
            if (element.matches(".comment a") && getComputedStyle(element).textDecorationLine !== "underline") say("a link like the text around it");
            if (element.matches("p .copy, .output .copy") && getComputedStyle(element).display !== "inline") say("off the line of its text");
            if (element.matches(".copy span:not(td *)") && box.right > innerWidth + 1) say("a word of a command is cut");
            if (element.matches("button[aria-label]") && /\w/.test(element.textContent) && !name(element).includes(element.textContent.trim())) say("another name than it shows");
            if (innerWidth >= 1280 && scrolls && element.closest("main")) say(`cut: ${element.scrollWidth} in ${element.clientWidth}`);
        }
        return [...complaints].slice(0, 10);
    },
    // A formula in a line stays in one, a sum's limits stand above and below it.
    formulas() {
        const complaints = [];
        for (const math of document.querySelectorAll("p math, li math")) {
            if (math.getClientRects().length > 1) complaints.push(`${math.textContent} is broken`);
        }
        for (const sum of document.querySelectorAll(".eqs munderover")) {
            const [sign, below, above] = [...sum.children].map((part) => part.getBoundingClientRect());
            if (below.top < sign.bottom - 0.4 * sign.height || above.bottom > sign.top + 0.4 * sign.height) complaints.push(`${sum.textContent}: limits in the sign, ${[below.top, sign.top, sign.bottom, above.bottom].map(Math.round)}`);
        }
        return complaints;
    },
    // All numbers as they stand on the page: a letter, and of each of its entries what is shown and all of it.
    numbers() {
        return [...document.querySelectorAll(".matrix")].map((matrix) => {
            const cells = show.cells(matrix);
            const order = cells.map((_, k) => k).toSorted((a, b) => show.at(matrix, a) - show.at(matrix, b));
            return `${matrix.dataset.key} ${order.map((k) => `${cells[k].textContent}|${cells[k].title}`).join(" ")}`;
        });
    },
    // Another run of the page.
    choose(run) {
        const choice = document.getElementById("book-about");
        choice.selectedIndex = run;
        choice.dispatchEvent(new Event("change"));
        return [];
    },
    slide(moment) {
        const slider = document.getElementById("book-slider");
        slider.value = moment;
        slider.dispatchEvent(new Event("input"));
        return ask.numbers();
    },
    // Every entry of every result, written out: it comes to what stands there.
    entries() {
        const complaints = [];
        for (const matrix of document.querySelectorAll("[data-result]")) {
            show.cells(matrix).forEach((cell, k) => {
                show.choose(matrix, k);
                const text = matrix.closest(".numbers").querySelector(".sum").firstChild.data;
                const [, value] = text.match(/ = (\S+)$/);
                if (value.replaceAll("−", "-") !== cell.title) complaints.push(`${matrix.dataset.result}: ${text}, not ${cell.title}`);
            });
        }
        return complaints;
    },
    // Text against what is behind it: 4.5 to 1 at least (WCAG AA).
    contrast() {
        const colour = (text) => {
            const [r, g, b, a = 1] = text.match(/[\d.e+-]+/g).map(Number);
            return text.startsWith("rgb") ? [r / 255, g / 255, b / 255, a] : [r, g, b, a];
        };
        const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
        const behind = (element) => {
            if (!element) return [1, 1, 1];
            return over(colour(getComputedStyle(element).backgroundColor.replace("srgb", "")), behind(element.parentElement));
        };
        const light = (rgb) => {
            const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const complaints = new Set();
        for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            if (!own || !element.checkVisibility() || element.closest("script")) continue;
            const back = behind(element);
            const [a, b] = [light(over(colour(getComputedStyle(element).color), back)), light(back)];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) complaints.add(`${ratio.toFixed(2)} ${element.localName}.${element.getAttribute("class")}`);
        }
        return [...complaints];
    },
    // Where the middle of an element is, for the mouse.
    at(selector) {
        const element = document.querySelector(selector);
        element.scrollIntoView({ block: "center", behavior: "instant" });
        const box = element.getBoundingClientRect();
        return [`${Math.round(box.left + box.width / 2)}`, `${Math.round(box.top + box.height / 2)}`];
    },
};
