"use strict";
// The list to find things in, the arrow keys that turn pages, and formulas that are copied as TeX.
document.addEventListener("DOMContentLoaded", () => {
    const field = document.querySelector("#book-find");
    const items = [...document.querySelectorAll(".find li")].map((item) => ({
        item,
        text: `${item.textContent} ${item.dataset.find ?? ""}`.toLowerCase(),
    }));
    // What has every word that was typed stays.
    field?.addEventListener("input", () => {
        const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
        for (const { item, text } of items) item.hidden = !words.every((word) => text.includes(word));
    });
    document.addEventListener("keydown", (event) => {
        const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
        const busy = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
        if (!rel || busy || document.activeElement !== document.body) return;
        document.querySelector(`.turn a[rel="${rel}"]`)?.click();
    });
    // What is copied has its formulas as TeX between dollars.
    document.addEventListener("copy", (event) => {
        const selection = getSelection();
        if (selection.isCollapsed) return;
        const range = selection.getRangeAt(0);
        const around = range.commonAncestorContainer;
        const inside = (around.closest ? around : around.parentElement).closest("math");
        if (inside) range.selectNode(inside);
        const part = range.cloneContents();
        const formulas = [...part.querySelectorAll("math")];
        if (!formulas.length) return;
        for (const hidden of part.querySelectorAll(".preview")) hidden.remove();
        for (const math of formulas) {
            const tex = math.querySelector("annotation")?.textContent;
            math.replaceWith(tex ? `$${tex}$` : "");
        }
        event.clipboardData.setData("text/plain", part.textContent.replaceAll("$$", " ").trim());
        event.preventDefault();
    });
});
