// Builds data/municipalities.tsv (市区町村一覧) from the postal data inside the npm package yubin
// and the hand-written list of names that are gone.
//
// usage: municipalities.mjs YUBIN_INDEX_CJS OUTPUT
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";

const [input, output] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

function fail(message) {
  console.error(message);
  process.exit(1);
}

// The package keeps one deflated CSV per first three digits of the postal code; it is read as data, not run.
function postalRows() {
  const source = readFileSync(input, "utf8");
  const start = source.indexOf("{", source.indexOf("const chunks"));
  const chunks = JSON.parse(source.slice(start, source.indexOf("};", start) + 1));
  return Object.values(chunks).flatMap((chunk) =>
    inflateRawSync(Buffer.from(chunk, "base64")).toString("utf8").split("\n").map((line) => line.split(",")));
}

// An "k" row is of the residential list: code in column 3, prefecture 4, city 6, its kana 7.
function currentCities() {
  const cities = new Map();
  for (const columns of postalRows()) {
    if (columns[0] !== "k") continue;
    const [, , , code, prefecture, , city, kana] = columns;
    const seen = cities.get(code);
    if (seen && (seen.city !== city || seen.kana !== kana || seen.prefecture !== prefecture)) fail(`two names for code ${code}`);
    cities.set(code, { code, prefecture, city, kana });
  }
  return [...cities.values()];
}

// The postal list puts the island before two island towns; the municipality's own name has none.
const kIslands = new Map([["三宅島三宅村", ["三宅村", "ミヤケムラ"]], ["八丈島八丈町", ["八丈町", "ハチジョウマチ"]]]);

function split({ code, prefecture, city, kana }) {
  if (kIslands.has(city)) [city, kana] = kIslands.get(city);
  const inCounty = /^(.+?郡)(.+[町村])$/.exec(city);
  if (inCounty) return { code, prefecture, county: inCounty[1], municipality: inCounty[2], ward: "", kana };
  const inCity = /^(.+?市)(.+区)$/.exec(city);
  if (inCity) return { code, prefecture, county: "", municipality: inCity[1], ward: inCity[2], kana };
  return { code, prefecture, county: "", municipality: city, ward: "", kana };
}

function commonStart(texts) {
  let length = 0;
  while (texts.every((text) => length < text.length && text[length] === texts[0][length])) length += 1;
  return texts[0].slice(0, length);
}

// The postal list has a designated city only ward by ward; its own code ends in 0 and precedes its wards' codes.
function designatedCities(list) {
  const wards = new Map();
  for (const entry of list.filter(({ ward }) => ward !== "")) {
    const key = entry.prefecture + entry.municipality;
    wards.set(key, [...(wards.get(key) ?? []), entry]);
  }
  return [...wards.values()].map((group) => {
    const first = group.map(({ code }) => code).sort()[0];
    const kana = commonStart(group.map((entry) => entry.kana)).replace(/シ[^シ]*$/, "シ");
    return { ...group[0], code: first.slice(0, 4) + "0", ward: "", kana };
  });
}

function formerNames(list) {
  const codes = new Set(list.map(({ code }) => code));
  const lines = readFileSync(join(here, "former_municipalities.tsv"), "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [code, prefecture, county, municipality, ward, kana, validTo, successor] = line.split("\t");
    if (!codes.has(successor)) fail(`successor ${successor} of ${code} is not in the list`);
    return { code, prefecture, county, municipality, ward, kana, validTo, successor };
  });
}

function countBy(list, name) {
  const places = new Map();
  for (const entry of list) {
    if (!places.has(name(entry))) places.set(name(entry), new Set());
    places.get(name(entry)).add(entry.prefecture + entry.county);
  }
  return places;
}

const wardsAndTowns = currentCities().map(split);
const current = [...wardsAndTowns, ...designatedCities(wardsAndTowns)];
const all = [...current, ...formerNames(current)];
const longName = ({ county, municipality, ward }) => county + municipality + ward;
const shortName = ({ municipality, ward }) => municipality + ward;
const long = countBy(all, longName);
const short = countBy(all, shortName);

const lines = all.map((entry) => [
  entry.code, entry.prefecture, entry.county, entry.municipality, entry.ward, entry.kana,
  long.get(longName(entry)).size === 1 ? "1" : "0", short.get(shortName(entry)).size === 1 ? "1" : "0",
  entry.validTo ?? "", entry.successor ?? "",
].join("\t"));
lines.sort();
const heading = "code prefecture county municipality ward kana unique unique_short valid_to successor".split(" ").join("\t");
writeFileSync(output, [heading, ...lines].join("\n") + "\n");
console.log(`rows ${lines.length}: ${wardsAndTowns.length} municipalities and wards, ${current.length - wardsAndTowns.length} designated cities, ` +
  `${all.length - current.length} former; not unique ${lines.filter((line) => line.split("\t")[6] === "0").length}`);
