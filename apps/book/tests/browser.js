// What tests/browser.rs asks of a page. Each function returns a list of complaints.
window.ask = {
    // After two frames a scroll has reached the script and is drawn, however busy the machine is.
    async frames() {
        for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
        return [];
    },
    // Nothing is wider than the window; what is wide scrolls in its own box.
    width() {
        return document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth} wide`] : [];
    },
    // The line of each equation stands at its height when one reads it: plus or minus a line.
    async heights() {
        const complaints = [];
        for (const equation of document.querySelectorAll(".eq")) {
            equation.scrollIntoView({ block: "center", behavior: "instant" });
            await ask.frames();
            const middle = (element) => {
                const box = element.getBoundingClientRect();
                return box.top + box.height / 2;
            };
            const line = document.getElementById(equation.dataset.line);
            const off = middle(line) - middle(equation);
            if (!(Math.abs(off) <= 20)) complaints.push(`${equation.id}: its line is ${off} px off`);
            if (!line.classList.contains("lit")) complaints.push(`${equation.id}: its line is not lit`);
        }
        return complaints;
    },
    // From equation to equation of a file the pane never goes back while the page goes on.
    async monotone() {
        const [complaints, pane] = [[], document.querySelector(".files")];
        let [last, file] = [-1, null];
        for (let y = 0; y < document.documentElement.scrollHeight - innerHeight; y += 97) {
            scrollTo({ top: y, behavior: "instant" });
            await ask.frames();
            const open = document.querySelector(".eq.lit") && document.querySelector(".file.open");
            if (open && open === file && pane.scrollTop < last - 1) complaints.push(`at ${y} from ${last} to ${pane.scrollTop}`);
            [last, file] = [pane.scrollTop, open];
        }
        return complaints;
    },
    // All numbers as they stand on the page: letter and texts.
    numbers() {
        const shown = [...document.querySelectorAll(".matrix")];
        return shown.map((matrix) => `${matrix.dataset.key}: ${[...matrix.querySelectorAll("td")].map((td) => td.textContent).join(" ")}`);
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
            for (const cell of matrix.querySelectorAll("td")) {
                cell.click();
                const text = matrix.closest(".numbers").querySelector(".sum").textContent;
                if (!text.endsWith(` = ${cell.textContent}`)) complaints.push(`${matrix.dataset.result}: ${text}, not ${cell.textContent}`);
            }
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
