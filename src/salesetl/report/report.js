"use strict";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const charts = read("charts");
const looks = read("looks");
const darkness = window.matchMedia("(prefers-color-scheme: dark)");
let drawn = Promise.resolve([]);

async function drawOne(place, options) {
  try {
    return await vegaEmbed(place, charts[place.dataset.chart], options);
  } catch (error) {
    console.error(error);
    place.textContent = "This chart could not be drawn; its numbers are below.";
    return { finalize() {} };
  }
}

async function draw(before) {
  for (const chart of await before) chart.finalize();
  const theme = darkness.matches ? "dark" : "light";
  const config = { ...looks[theme], background: null };
  const options = { actions: false, renderer: "svg", config, tooltip: { theme } };
  const places = [...document.querySelectorAll("[data-chart]")];
  const all = await Promise.all(places.map((place) => drawOne(place, options)));
  document.documentElement.dataset.drawn = theme;
  return all;
}

function redraw() {
  drawn = draw(drawn);
}

darkness.addEventListener("change", redraw);
redraw();
