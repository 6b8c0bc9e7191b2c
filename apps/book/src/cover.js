"use strict";
// The figure on the cover: the slider shows the weights, the answers and the loss of a moment.
(() => {
    const figure = document.querySelector("#cover");
    const within = (selector) => [...figure.querySelectorAll(selector)];
    const slider = figure.querySelector("#cover-slider");
    const play = figure.querySelector("#cover-play");
    const [iterations, losses] = [figure.dataset.iterations.split(";"), figure.dataset.losses.split(";")];
    const answers = figure.querySelector("#cover-map").dataset.p.split(";");
    const points = figure.querySelector("#cover-curve").getAttribute("points").split(" ");
    function show() {
        const moment = Number(slider.value);
        for (const line of within("line")) {
            const width = Number(line.dataset.w.split(";")[moment]);
            line.setAttribute("stroke-width", String(Math.max(0.3, Math.abs(width))));
            line.setAttribute("class", width < 0 ? "minus" : "plus");
        }
        within("#cover-map rect").forEach((cell, k) => {
            const side = 2 * answers[moment][k] - 9;
            cell.setAttribute("class", side < 0 ? "minus" : "plus");
            cell.setAttribute("opacity", Math.abs(side) / 10);
        });
        const [x, y] = points[moment].split(",");
        figure.querySelector("#cover-at").setAttribute("cx", x);
        figure.querySelector("#cover-at").setAttribute("cy", y);
        const now = `iteration ${iterations[moment]}, loss ${losses[moment]}`;
        figure.querySelector("#cover-now").textContent = now;
        slider.setAttribute("aria-valuetext", now);
    }
    let timer = 0;
    function stop() {
        clearInterval(timer);
        timer = 0;
        play.textContent = "play";
    }
    play.addEventListener("click", () => {
        if (timer) return stop();
        if (slider.value === slider.max) slider.value = "0";
        play.textContent = "stop";
        timer = setInterval(() => {
            show();
            if (slider.value === slider.max) stop();
            else slider.value = String(Number(slider.value) + 1);
        }, 250);
        return show();
    });
    slider.addEventListener("input", () => {
        stop();
        show();
    });
    show();
})();
