"use strict";
// The list to find things in, and the arrow keys that turn pages.
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
});
