"use strict";
// The buttons of a run that goes on in the page, and the panel that they open: for nets and for rules alike.
const play = (() => {
    const play = { running: false };
    const { one } = show;
    const say = (message) => (one("#live-message").textContent = message);
    function running(now) {
        play.running = now;
        one("#live-run").textContent = now ? "❚❚" : "▶";
        one("#live-run").setAttribute("aria-pressed", now);
    }
    const stop = () => running(false);
    // Frame after frame until it is stopped.
    function start(frame) {
        running(true);
        requestAnimationFrame(function next() {
            if (!play.running) return;
            frame();
            requestAnimationFrame(next);
        });
    }
    function reset() {
        one("#book-slider").value = 0;
        show.render(show.recorded(0));
    }
    // What the buttons do by their names, what a changed setting does, and what takes a recorded state.
    function listen({ clicks, change, adopt, opened = () => {} }) {
        one(".run").append(one("#live-buttons"));
        const toggle = () => {
            one("#live").hidden = !one("#live").hidden;
            one("#live-open").setAttribute("aria-expanded", !one("#live").hidden);
            opened();
        };
        for (const [name, click] of Object.entries({ open: toggle, close: toggle, ...clicks })) one(`#live-${name}`).addEventListener("click", click);
        one("#live-settings").addEventListener("change", change);
        one("#live-settings").addEventListener("submit", (event) => event.preventDefault());
        document.addEventListener("show", ({ detail }) => detail.recorded === undefined || adopt(detail));
        adopt(show.state);
    }
    return Object.assign(play, { say, start, stop, reset, listen });
})();
