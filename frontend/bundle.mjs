// Makes of the style sheets and scripts that base.html names one file each, in duzhan/base/ui/static/built (git ignores it).
//
// Of Tabler stays what a page can use: a rule whose class stands in no template, script or Python file goes, and so do
// variables, animations and fonts that nothing asks for. The product's own sheets go in whole.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, transformSync } from "esbuild";
import { PurgeCSS } from "purgecss";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PRODUCT = join(ROOT, "duzhan");
const STATIC = join(PRODUCT, "base/ui/static");
const BUILT = join(STATIC, "built");
const NEXT = `${BUILT}.next`;
const TARGETS = ["chrome109", "firefox115", "safari16"];

// Markdown and Django's forms write tags that stand in no template.
const TAGS =
  "a abbr article aside b blockquote body button caption code col colgroup dd del details dialog div dl dt em fieldset figcaption " +
  "figure footer form h1 h2 h3 h4 h5 h6 header hr html i img input ins kbd label legend li main mark meter nav ol optgroup option " +
  "output p pre progress q s samp section select small span strong sub summary sup svg table tbody td textarea tfoot th thead " +
  "time tr u ul var video";

function parts(ending) {
  const base = readFileSync(join(STATIC, "../templates/base.html"), "utf8");
  const names = [...base.matchAll(/\{% static '([^']+)' %\}/g)].map((found) => found[1]);
  return names.filter((name) => name.endsWith(ending) && !name.startsWith("built/")).map((name) => join(STATIC, name));
}

function filesBelow(folder, endings) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["vendor", "built", "locale", "__pycache__"].includes(entry.name) ? [] : filesBelow(path, endings);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

// In Python only what is quoted can be the name of a class.
const quoted = (text) => (text.match(/"[^"\n]*"|'[^'\n]*'/g) ?? []).join(" ").match(/[A-Za-z][\w-]*/g) ?? [];
const words = (text) => text.match(/[A-Za-z][\w-]*/g) ?? [];

function withAddressesFrom(folder, css) {
  return css.replace(/url\((["']?)(?![#/])([^)"']+)\1\)/g, (_, _quote, address) => `url("${relative(BUILT, join(folder, address))}")`);
}

async function styles() {
  const [theirs, ...ours] = parts(".css").map((path) => withAddressesFrom(dirname(path), readFileSync(path, "utf8")));
  const whole = `${theirs}\n/* purgecss start ignore */\n${ours.join("\n")}\n/* purgecss end ignore */`;
  const [purged] = await new PurgeCSS().purge({
    content: filesBelow(PRODUCT, [".html", ".js", ".py"]),
    css: [{ raw: whole }],
    extractors: [
      { extensions: ["py"], extractor: quoted },
      { extensions: ["html", "js"], extractor: words },
    ],
    safelist: { standard: TAGS.split(" ") },
    dynamicAttributes: ["data-bs-theme", "data-theme", "data-type", "data-page", "aria-current", "open", "type", "role"],
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  return transformSync(purged.css, { loader: "css", minify: true, target: TARGETS }).code;
}

function scripts() {
  const [htmx, ...ours] = parts(".js");
  const { outputFiles } = buildSync({
    stdin: { contents: ours.map((path) => `import ${JSON.stringify(path)};`).join("\n"), resolveDir: STATIC },
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGETS,
    write: false,
  });
  return `${readFileSync(htmx, "utf8").trim()}\n${outputFiles[0].text}`;
}

rmSync(NEXT, { recursive: true, force: true });
mkdirSync(NEXT, { recursive: true });
const made = { "duzhan.css": await styles(), "duzhan.js": scripts() };
for (const [name, text] of Object.entries(made)) writeFileSync(join(NEXT, name), text);
rmSync(BUILT, { recursive: true, force: true });
renameSync(NEXT, BUILT);
console.log(Object.entries(made).map(([name, text]) => `${name}: ${text.length} characters`).join(", "));
