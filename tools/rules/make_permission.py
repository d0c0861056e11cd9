#!/usr/bin/env python3
"""Writes rules/permission/facts.csv and codes.csv out of tables read from the statutes.

    tools/rules/make_permission.py LAW_FOLDER rules/permission

An optional tool of the maintainer: the build and the tests need only what it wrote. LAW_FOLDER holds
the cells of the tables as CSV (number_act_table2_*.csv, table2_order_nhi.csv,
provision_order_2024_nhi.csv); none of their sentences is copied, only which row names whom and what,
from when to when, in the codes of rule_words.py.

It refuses to guess: a cell it has no word for stops it, and what it makes of the history of the table
is compared with the two versions of it that were split by hand.
"""

import csv
import pathlib
import re
import sys

import rule_words as words

TABLE2 = "number-act-table2"
ORDER2024 = "provision-order-2024"
TABLE2_END = "2024-05-26"
ITEMS_READ_FROM = "2024-04-01"  # the one version of 平成26年7号 whose 号 were read
UNREAD = "命令"  # an item whose number on that day was not read
DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}


def stop(message):
    sys.exit("make_permission: " + message)


def read(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number_of(kanji):
    value = part = 0
    for c in kanji:
        if c in DIGITS:
            part = part * 10 + DIGITS[c]
        else:
            unit = {"十": 10, "百": 100}[c]
            value += (part or 1) * unit
            part = 0
    return value + part


def article_of(text):
    """第二十五条の二 -> 25条の2"""
    match = re.fullmatch(r"第([〇一二三四五六七八九十百]+)条(?:の([一二三四五六七八九十]+))?", text)
    if not match:
        stop("no article: " + text)
    branch = f"の{number_of(match[2])}" if match[2] else ""
    return f"{number_of(match[1])}条{branch}"


def item_of(article, item):
    """第二十五条, 2イ -> 25条2号イ; 第二十五条の二, 1 -> 25条の2第1号"""
    match = re.fullmatch(r"(\d*)([イロハニホヘトチ]?)", item)
    if not match:
        stop("no item: " + item)
    article = article_of(article)
    between = "第" if "の" in article and match[1] else ""
    return article + between + (f"{match[1]}号" if match[1] else "") + match[2]


def row_citation(rule_set, row):
    return ("番号法別表第二" if rule_set == TABLE2 else "令和6年デジタル庁・総務省令第9号2条の表") + f"{row}の項"


def citation(rule_set, row, item):
    if not item:
        return row_citation(rule_set, row)
    order = "平成26年内閣府・総務省令第7号" if rule_set == TABLE2 else ""
    return row_citation(rule_set, row) + "、" + order + ("(当時の号は未収録)" if item == UNREAD else item)


def plain(cell):
    """Without 以下「…」という and other words in brackets, and without …であって…で定めるもの."""
    while True:
        shorter = re.sub(r"（[^（）]*）", "", cell)
        if shorter == cell:
            break
        cell = shorter
    return re.sub(r"であって(主務省令|第?[〇一二三四五六七八九十百]*条(の[一二三四五六七八九十]+)?|次条|同条)で定めるもの$", "", cell)


def split_by(cell, table, what):
    """Codes of every name in a cell; nothing but joining words may be left over."""
    codes = []
    rest = plain(cell)
    for name, code in sorted(table.items(), key=lambda pair: -len(pair[0])):
        if name in rest:
            rest = rest.replace(name, "")
            codes += [code] if isinstance(code, str) else list(code)
    if re.sub(r"又は|若しくは|及び|、", "", rest):
        stop(f"{what}: no word for: {rest} (in: {plain(cell)})")
    return codes


class Facts:
    def __init__(self):
        self.lines = []

    def add(self, rule_set, row, item, inquirers, procedures, providers, information, first, last, detail=""):
        for inquirer in inquirers:
            for procedure in procedures:
                for provider in providers:
                    for code in information:
                        self.lines.append(
                            (rule_set, row, item, inquirer, procedure, provider, code, first, last,
                             citation(rule_set, row, item), detail))


def table2_cells(rows):
    """(row, inquirers, procedures, providers, information, first, last, detail) of the cells in scope."""
    for row in rows:
        asks = row["is_nhi_association_inquirer"] == "1"
        provides = row["is_medical_insurer_provider"] == "1"
        if not (asks or provides or row["row"] in words.TABLE2_REFUSED):
            continue
        yield (row["row"], split_by(row["inquirer"], words.INSTITUTIONS, "inquirer"),
               words.TABLE2_PROCEDURES[row["row"]], split_by(row["provider"], words.INSTITUTIONS, "provider"),
               split_by(row["information"], words.TABLE_INFORMATION, "information"),
               row["valid_from"], row["valid_to"], "森林環境税を含む" if "森林環境税" in row["work"] else "")


def add_table2(facts, cells):
    for row, inquirers, procedures, providers, information, first, last, detail in cells:
        facts.add(TABLE2, row, "", inquirers, procedures, providers, information, first, last, detail)


def add_table2_order(facts, rows, cells):
    """The items as read, and before that day the same works under their row alone."""
    for line in rows:
        inquirers = ["municipality"] if line["row"] == "44" else ["association", "municipality"]
        procedure = words.nhi_procedure(line["procedure"])
        providers = split_by(line["provider"], words.INSTITUTIONS, "provider")
        information, detail = words.item_information(line["information"])
        facts.add(TABLE2, line["row"], item_of(line["article"], line["item"]), inquirers, [procedure],
                  providers, [information], line["valid_from"], TABLE2_END, detail)
        for provider in providers:
            first = first_day_of_cell(cells, line["row"], provider, information)
            if first < ITEMS_READ_FROM:
                facts.add(TABLE2, line["row"], UNREAD, inquirers, [procedure], [provider], [information],
                          first, "2024-03-31", detail)


def first_day_of_cell(cells, row, provider, information):
    wider = [information] + words.PART_OF.get(information, [])
    days = [cell[5] for cell in cells
            if cell[0] == row and provider in cell[3] and any(code in cell[4] for code in wider)]
    if not days:
        stop(f"row {row} names no {information} of {provider}")
    return min(days)


def add_order_2024(facts, rows):
    for line in rows:
        first, last = line["valid_from"], line["valid_to"]
        inquirers = split_by(line["inquirer"], words.INSTITUTIONS, "inquirer")
        providers = split_by(line["provider"], words.INSTITUTIONS, "provider")
        if line["article"] == "第二条の表":
            facts.add(ORDER2024, line["row"], "", inquirers, words.ORDER_PROCEDURES[line["row"]], providers,
                      split_by(line["information"], words.TABLE_INFORMATION, "information"), first, last)
            continue
        if line["role"] == "provider" and words.is_not_an_insurers(line["information"]):
            continue  # picked up by the words 健康保険 in it; its provider is another
        procedure = (words.nhi_procedure(line["procedure"]) if line["row"] in ("69", "70")
                     else words.item_procedure(line["row"], line["procedure"]))
        information, detail = words.item_information(line["information"])
        facts.add(ORDER2024, line["row"], item_of(line["article"], line["item"]), inquirers, [procedure],
                  providers, [information], first, last, detail)
    # Row 71, for municipalities only: read in both versions of the table seen.
    for provider, information in words.ROW_71:
        facts.add(ORDER2024, "71", "", ["municipality"], ["nhi-premiums"], [provider], [information],
                  "2024-05-27", "")


def compare_with_split(cells, rows, day):
    mine = {(cell[0], provider, code) for cell in cells if cell[5] <= day <= cell[6]
            for provider in cell[3] for code in cell[4]}
    theirs = set()
    for row in rows:
        if row["row"] in {cell[0] for cell in cells} and row["valid_from"] <= day:
            if (row["is_nhi_association_inquirer"] == "0" and row["is_medical_insurer_provider"] == "0"
                    and row["row"] not in words.TABLE2_REFUSED):
                continue
            for provider in split_by(row["provider"], words.INSTITUTIONS, "provider"):
                for code in split_by(row["information"], words.TABLE_INFORMATION, "information"):
                    theirs.add((row["row"], provider, code))
    if mine != theirs:
        stop(f"the split version of {day} differs: {sorted(mine ^ theirs)}")


def check_overlaps(lines):
    last_of = {}
    for line in sorted(lines, key=lambda line: (line[:2], line[3:7], line[7])):
        key = (line[:2], line[3:7])
        if key in last_of and last_of[key][0] >= line[7]:
            stop(f"twice on one day: {line} and {last_of[key][1]}")
        last_of[key] = (line[8] or "9999-12-31", line)


def order_of(line):
    row = [int(part) for part in line[1].split("の")]
    item = [int(part) if part.isdigit() else "イロハニホヘトチ".index(part)
            for part in re.findall(r"\d+|[イロハニホヘトチ]", line[2])]
    return (0 if line[0] == TABLE2 else 1, row, line[2] != "", item, line[4], line[7], line[5], line[6], line[3])


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for line in [header] + lines:
            if any("," in field or '"' in field for field in line):
                stop("a field that needs quotes: " + repr(line))
            file.write(",".join(line) + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    law, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    facts = Facts()
    cells = list(table2_cells(read(law, "number_act_table2_history.csv")))
    compare_with_split(cells, read(law, "number_act_table2_2022.csv"), "2022-06-17")
    compare_with_split(cells, read(law, "number_act_table2_2024.csv"), "2024-04-24")
    add_table2(facts, cells)
    add_table2_order(facts, read(law, "table2_order_nhi.csv"), cells)
    add_order_2024(facts, read(law, "provision_order_2024_nhi.csv"))
    lines = sorted(set(facts.lines), key=order_of)
    check_overlaps(lines)
    used = {code for line in lines for code in line[3:7]}
    write(out / "facts.csv", ("rule_set", "row", "item", "inquirer", "procedure", "provider", "information",
                              "valid_from", "valid_to", "citation", "detail"), lines)
    write(out / "codes.csv", ("kind", "code", "japanese", "english", "aliases", "part_of"),
          words.code_lines(used))
    print(f"{len(lines)} facts")


if __name__ == "__main__":
    main()
