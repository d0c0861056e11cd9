-- What is compared instead of what is written. The lossless forms take away width, spaces, spellings
-- of block numbers and the prefecture; the loose ones fold small kana and common kanji variants.
-- Slow steps (translate, NFC) run only where a cheap test says that they change something.

CREATE MACRO unspaced(t) AS replace(replace(t, '　', ''), ' ', '');

CREATE MACRO narrow(t) AS
  CASE WHEN regexp_matches(t, '[０-９－‐−―]')
       THEN translate(t, '０１２３４５６７８９－‐−―', '0123456789----')
       ELSE t END;

-- Half-width kana become wide; sound marks, which follow their kana, become combining characters,
-- which NFC draws into it.
CREATE MACRO wide_kana(t) AS nfc_normalize(translate(t,
  'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰﾞﾟ',
  'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー'
    || chr(12441) || chr(12442)));

CREATE MACRO name_form(t) AS unspaced(t);

CREATE MACRO kana_form(t) AS
  CASE WHEN regexp_matches(t, '[｡-ﾟ]') THEN wide_kana(unspaced(t)) ELSE unspaced(t) END;

-- A former surname before today's given name; NULL where there is none.
CREATE MACRO former_form(surname, t) AS
  CASE WHEN surname IS NOT NULL THEN unspaced(surname || regexp_extract(t, '[　 ](.*)$', 1)) END;

CREATE MACRO name_loose(t) AS translate(t, '髙﨑碕嵜齋斎齊邉邊濵濱澤嶋嶌廣櫻國眞惠德', '高崎崎崎斉斉斉辺辺浜浜沢島島広桜国真恵徳');

CREATE MACRO kana_loose(t) AS translate(t, 'ァィゥェォッャュョ', 'アイウエオツヤユヨ');

-- 二十三 of 二十三丁目 as a number.
CREATE MACRO digit_of(c) AS strpos('一二三四五六七八九', c);

CREATE MACRO numeral_value(n) AS
  CASE WHEN NOT contains(n, '十') THEN digit_of(n)
       ELSE 10 * (CASE WHEN starts_with(n, '十') THEN 1 ELSE digit_of(left(n, 1)) END)
            + (CASE WHEN ends_with(n, '十') THEN 0 ELSE digit_of(right(n, 1)) END)
  END;

CREATE MACRO with_numeral(t, n) AS
  CASE WHEN n = '' THEN t ELSE replace(t, n || '丁目', numeral_value(n) || '丁目') END;

CREATE MACRO with_digits(t) AS
  with_numeral(t, regexp_extract(t, '([一二三四五六七八九十]+)丁目', 1));

-- 東京都立川市曙町二丁目3番4号 -> 立川市曙町2-3-4
CREATE MACRO address_form(t) AS
  regexp_replace(regexp_replace(regexp_replace(
    with_digits(unspaced(narrow(t))),
    '^(?:東京都|北海道|京都府|大阪府|..県|...県)', ''),
    '([0-9])(?:丁目|番地の|番地|番|号|の)', '\1-', 'g'),
    '([0-9])-([^0-9]|$)', '\1\2', 'g');

-- The form up to its first block number: what is left when the building is left out.
CREATE MACRO without_building(form) AS regexp_extract(form, '^[^0-9]*[0-9]+(?:-[0-9]+)*');

-- Equal, or one of the two without its building.
CREATE MACRO fits_address(a, b) AS
  a = b OR (without_building(a) = without_building(b)
            AND (a = without_building(a) OR b = without_building(b)));

-- Also 昭和54年3月12日, S54.3.12, S54/03/12, 19790312.
CREATE MACRO era_base(e) AS
  CASE e WHEN '' THEN 0
         WHEN 'M' THEN 1867 WHEN '明治' THEN 1867
         WHEN 'T' THEN 1911 WHEN '大正' THEN 1911
         WHEN 'S' THEN 1925 WHEN '昭和' THEN 1925
         WHEN 'H' THEN 1988 WHEN '平成' THEN 1988
         WHEN 'R' THEN 2018 WHEN '令和' THEN 2018 END;

CREATE MACRO date_parts(t) AS regexp_extract(t,
  '^(明治|大正|昭和|平成|令和|[MTSHR]?)([0-9]{4}|[0-9]{1,2}|元)[-./年]?([0-9]{1,2})[-./月]?([0-9]{1,2})日?$',
  ['era', 'year', 'month', 'day']);

CREATE MACRO date_of(p) AS try_cast(
  (era_base(p.era) + CASE p.year WHEN '元' THEN 1 ELSE try_cast(p.year AS INTEGER) END)
    || '-' || p.month || '-' || p.day AS DATE);

CREATE MACRO birth_form(t) AS coalesce(try_cast(t AS DATE), date_of(date_parts(narrow(t))));

CREATE MACRO sex_form(t) AS
  CAST(CASE WHEN t IN ('1', '男', 'M') THEN 1 WHEN t IN ('2', '女', 'F') THEN 2 END AS TINYINT);

-- Birth dates which a slip of the pen turns into each other.
CREATE MACRO is_near(a, b) AS
  abs(a - b) <= 62
  OR (year(a) = year(b) AND (month(a) = month(b) OR day(a) = day(b)))
  OR (month(a) = month(b) AND day(a) = day(b))
  OR (year(a) = year(b) AND month(a) = day(b) AND day(a) = month(b));
