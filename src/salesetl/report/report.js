"use strict";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const charts = read("charts");
const looks = read("looks");
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

async function draw() {
  const theme = darkness.matches ? "dark" : "light";
  const config = { ...looks[theme], background: null };
  const places = [...document.querySelectorAll("[data-chart]")];
  const options = { actions: false, renderer: "svg", config, tooltip: { theme } };
  await Promise.all(
    places.map((place) => vegaEmbed(place, charts[place.dataset.chart], options)),
  );
  document.documentElement.dataset.drawn = theme;
}

darkness.addEventListener("change", draw);
draw();
