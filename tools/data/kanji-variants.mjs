// Builds data/kanji_variants.tsv (異体字の縮退表) from the mojidata database.
//
// Edges are taken from the strongest source to the weakest and joined into groups. An edge is dropped when it would
//   - put a listed non-cognate pair (類形異字) into one group, unless an official old/new form table says that very pair;
//   - join two groups that each hold a joyo or jinmei kanji: by law those are different names, so only the
//     joyo and jinmei tables themselves may say that two of them are one character;
//   - join two groups that each hold a JIS X 0208 kanji through a character outside of it: no rare form makes two
//     common characters one, only a source that names both does;
//   - make a group larger than kGroupMax, since long chains of weak relations drift in meaning.
// A source that names several targets in different groups for one character is ambiguous and not used for it.
//
// usage: kanji-variants.mjs MOJI_DB OUTPUT [REPORT]
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const kGroupMax = 24;
const [database, output, report] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const log = [];

function rows(sql) {
  const text = execFileSync("sqlite3", ["-readonly", "-separator", "\t", database, sql], { maxBuffer: 1 << 28, encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

function reviewed(name) {
  const text = readFileSync(join(here, name), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
}

const isOneKanji = (text) => [...text].length === 1 && /^[\p{Script=Han}\u2e80-\u2fdf]$/u.test(text);
const fromUPlus = (text) => String.fromCodePoint(parseInt(/^U\+([0-9A-F]+)/.exec(text)[1], 16));
const pairKey = (a, b) => (a < b ? a + b : b + a);
const setOf = (sql) => new Set(rows(sql).map(([character]) => character));

// IVS are removed before folding, so only glyphs that a bare code point stands for are looked at.
const glyphTargets = (table, where = "1") =>
  rows(`select m."実装したUCS", s."縮退UCS" from "mjsm_${table}" s join mji m using ("MJ文字図形名")
        where m."実装したUCS" is not null and ${where} order by 1, 2`);
const variantPairs = (table) => rows(`select object, subject from "kdpv_${table}" order by 1, 2`);
const unihanPairs = (property) =>
  rows(`select UCS, value from "unihan_each_${property}" order by 1, 2`).map(([a, value]) => [a, fromUPlus(value)]);

const kJoyo = setOf(`select distinct 漢字 from joyo`);
const kJinmei = setOf(`select UCS from unihan_each_kJinmeiyoKanji`);
const kJis0208 = new Map(rows(`select UCS, value from unihan_each_kJis0`).map(([c, v]) => [c, Number(v)]));
const kJis0213 = setOf(`select UCS from unihan_each_kJIS0213 union select UCS from unihan_each_kJis0`);
const kMoji = setOf(`select "実装したUCS" from mji where "実装したUCS" is not null union select "対応する互換漢字" from mji where "対応する互換漢字" is not null`);
const isCommon = (c) => kJis0208.has(c);
const isNameKanji = (c) => kJoyo.has(c) || kJinmei.has(c);

const readings = new Map();
for (const [character, reading] of rows(`select m."対応するUCS", r."読み" from mji_reading r join mji m using ("MJ文字図形名")
     where m."対応するUCS" is not null`)) {
  if (!readings.has(character)) readings.set(character, new Set());
  readings.get(character).add(reading);
}
function mayShareReading(a, b) {
  const left = readings.get(a);
  const right = readings.get(b);
  return !left || !right || [...left].some((reading) => right.has(reading));
}

const nonCognate = new Set(variantPairs("cjkvi/non-cognate").map(([a, b]) => pairKey(a, b)));
const lookalike = new Set(unihanPairs("kSpoofingVariant").map(([a, b]) => pairKey(a, b)));
for (const [a, b] of reviewed("kanji_apart.tsv")) nonCognate.add(pairKey(a, b));
for (const [a, b] of reviewed("kanji_together.tsv")) nonCognate.delete(pairKey(a, b));

// official: may overrule the non-cognate list for the very pair it names, and may join two name kanji.
// weak: meaning alone relates the two, so look-alikes and pairs without a common reading are refused as well.
// Unihan's semantic variants are mostly synonyms (鮎鯰, 晁朝, 圭珪, 澈徹) and not used at all.
const rareOnly = (a) => !kJis0213.has(a);
const inMoji = (a, b) => (kMoji.has(a) || kJis0213.has(a)) && (kMoji.has(b) || kJis0213.has(b));
const kSources = [
  { relation: "compat", official: true, pairs: rows(`select UCS, value from unihan_kCompatibilityVariant order by 1`).map(([a, v]) => [a, fromUPlus(v)]) },
  { relation: "joyo", official: true, pairs: rows(`select "康熙字典体", 漢字 from joyo_kangxi order by 1, 2`) },
  { relation: "jinmei", official: true, pairs: [...variantPairs("jinmei1/variant"), ...variantPairs("jinmei2/variant")] },
  { relation: "hyogai", official: true, pairs: variantPairs("hyogai/variant") },
  { relation: "radical", pairs: rows(`select radical_character, radical_CJKUI from radeqv where radical_CJKUI is not null order by 1`), accept: (a) => /[\u2e80-\u2fdf]/u.test(a) },
  { relation: "mj-jis", pairs: glyphTargets("JIS包摂規準UCS統合規則") },
  { relation: "koseki", pairs: glyphTargets("戸籍統一文字情報_親字正字", `s."ホップ数" = 1`) },
  { relation: "moj-5202", pairs: glyphTargets("民二5202号通知別表_正字俗字等対照表") },
  { relation: "moj-2842", pairs: [...glyphTargets("民一2842号通達別表_誤字俗字正字一覧表_無印"), ...glyphTargets("民一2842号通達別表_誤字俗字正字一覧表_俗字")] },
  { relation: "moj-582", pairs: glyphTargets("法務省告示582号別表第四_一", `s."順位" = 1`), accept: rareOnly },
  { relation: "moj-582", pairs: rows(`select "簡体字等のUCS", "正字のUCS" from nyukan_itaiji where 順位 = 1 order by 1, 2`), accept: rareOnly },
  { relation: "koseki", pairs: glyphTargets("戸籍統一文字情報_親字正字", `s."ホップ数" > 1`) },
  { relation: "itaiji", pairs: [...variantPairs("jisx0213/variant"), ...variantPairs("jisx0212/variant"), ...variantPairs("cjkvi/variant")], accept: inMoji, weak: true },
  { relation: "mj-dictionary", pairs: [...glyphTargets("読み字形による類推"), ...glyphTargets("辞書類等による関連字")], accept: rareOnly, weak: true },
];

const groupOf = new Map();
const edges = new Map();
const membersOf = (c) => groupOf.get(c) ?? [c];

function forbiddenIn(left, right, official, a, b) {
  if (left.length + right.length > kGroupMax) return `more than ${kGroupMax}`;
  if (!official && left.some(isNameKanji) && right.some(isNameKanji)) return "two name kanji";
  if (!official && !(kJis0208.has(a) && kJis0208.has(b)) && left.some(isCommon) && right.some(isCommon)) return "common kanji joined through a rare one";
  for (const x of left)
    for (const y of right) {
      if (!nonCognate.has(pairKey(x, y))) continue;
      if (!(official && pairKey(x, y) === pairKey(a, b))) return `non-cognate ${x}${y}`;
      log.push(`overruled\t${a}\t${b}`);
    }
  return "";
}

function addEdge(a, b, source, rank) {
  for (const [x, y] of [[a, b], [b, a]]) {
    if (!edges.has(x)) edges.set(x, []);
    edges.get(x).push({ to: y, relation: source.relation, rank });
  }
}

function join2(a, b, source, rank) {
  const left = membersOf(a);
  const right = membersOf(b);
  if (left === right || a === b) {
    if (a !== b) addEdge(a, b, source, rank);
    return;
  }
  let reason = forbiddenIn(left, right, source.official, a, b);
  if (!reason && source.weak && lookalike.has(pairKey(a, b))) reason = "look-alike";
  if (!reason && source.weak && !mayShareReading(a, b)) reason = "no common reading";
  if (reason) {
    log.push(`refused\t${source.relation}\t${a}\t${b}\t${reason}`);
    return;
  }
  const merged = [...left, ...right];
  for (const c of merged) groupOf.set(c, merged);
  addEdge(a, b, source, rank);
  if (isCommon(a) && isCommon(b)) log.push(`common\t${source.relation}\t${a}\t${b}`);
}

function applySource(source, rank) {
  const targets = new Map();
  for (const [a, b] of source.pairs) {
    if (a === b || !isOneKanji(a) || !isOneKanji(b)) continue;
    if (source.accept && !source.accept(a, b)) continue;
    if (!targets.has(a)) targets.set(a, []);
    targets.get(a).push(b);
  }
  for (const [a, list] of targets) {
    const groups = new Set(list.map((b) => membersOf(b)[0]).filter((head) => head !== membersOf(a)[0]));
    if (groups.size > 1 && !source.official) {
      log.push(`ambiguous\t${source.relation}\t${a}\t${list.join("")}`);
      continue;
    }
    for (const b of list) join2(a, b, source, rank);
  }
}

kSources.forEach(applySource);

// The representative is the form most systems can show: joyo, then jinmei, then JIS level 1, level 2, JIS X 0213.
const codeOf = (c) => c.codePointAt(0);
const isCompatibility = (c) => c.normalize("NFKC") !== c;
function preference(c) {
  if (kJoyo.has(c) && !isCompatibility(c)) return 0;
  if (kJinmei.has(c) && !isCompatibility(c)) return 1;
  if (kJis0208.has(c)) return kJis0208.get(c) < 4800 ? 2 : 3;
  if (isCompatibility(c)) return 7;
  if (kJis0213.has(c)) return 4;
  return kMoji.has(c) ? 5 : 6;
}
const better = (a, b) => preference(a) - preference(b) || codeOf(a) - codeOf(b);

// A strongest-first walk from the representative gives every character the relation by which it is reached.
function relationsFrom(head) {
  const found = new Map([[head, "self"]]);
  const frontier = [...(edges.get(head) ?? [])];
  while (frontier.length > 0) {
    frontier.sort((x, y) => x.rank - y.rank || codeOf(x.to) - codeOf(y.to));
    const { to, relation } = frontier.shift();
    if (found.has(to)) continue;
    found.set(to, relation);
    frontier.push(...edges.get(to).filter((edge) => !found.has(edge.to)));
  }
  return found;
}

const lines = [];
const groups = [...new Set(groupOf.values())];
for (const group of groups) {
  const head = [...group].sort(better)[0];
  const relations = relationsFrom(head);
  for (const c of group) if (c !== head) lines.push([c, head, relations.get(c)]);
}
lines.sort((x, y) => codeOf(x[0]) - codeOf(y[0]));
writeFileSync(output, lines.map((fields) => fields.join("\t") + "\n").join(""));

const bySize = groups.map((g) => [...g].sort(better)).sort((x, y) => y.length - x.length || better(x[0], y[0]));
const counts = {};
for (const [, , relation] of lines) counts[relation] = (counts[relation] ?? 0) + 1;
console.log(`rows ${lines.length}, groups ${groups.length}, largest ${bySize[0].length}`);
console.log(JSON.stringify(counts));
for (const group of bySize.filter((g) => g.length >= 16)) console.log(`large\t${group.length}\t${group.join("")}`);
if (report) writeFileSync(report, log.join("\n") + "\n");
