-- The job of `musubi match` in SQL: exact tier first; then blocking, scoring, the best candidate.
-- $residents, $roster and $result stand for quoted paths. "stage:" names what is timed together.

-- stage: roster
CREATE TABLE roster AS
SELECT name_form(氏名) AS name, kana_form(氏名カナ) AS kana, birth_form(生年月日) AS birth,
       sex_form(性別) AS sex, address_form(住所) AS address
FROM read_csv($roster, header = true, all_varchar = true);

-- stage: residents
-- Addresses stay as written: their form is made for candidates only.
CREATE TABLE resident AS
SELECT CAST(resident_record_code AS BIGINT) AS code, name_form(name) AS name,
       kana_form(name_kana) AS kana, CAST(birth_date AS DATE) AS birth, CAST(sex AS TINYINT) AS sex,
       address, status, former_form(former_surname, name) AS former_name,
       former_form(former_surname_kana, name_kana) AS former_kana
FROM read_csv($residents, header = true, all_varchar = true);

-- stage: exact
CREATE TABLE alike AS
SELECT p.rowid AS person, r.rowid AS resident, address_form(r.address) AS address
FROM roster p JOIN resident r USING (name, kana, birth, sex);

CREATE TABLE exact AS
SELECT person, count(*) AS candidates, any_value(resident) AS resident
FROM alike JOIN roster p ON p.rowid = person AND p.address = alike.address
GROUP BY person;

CREATE TABLE rest AS
SELECT rowid AS person, * FROM roster p
WHERE NOT EXISTS (FROM exact WHERE person = p.rowid);

-- stage: blocks
CREATE TABLE pair AS
SELECT p.person, r.rowid AS resident FROM rest p JOIN resident r USING (birth, name)
UNION
SELECT p.person, r.rowid FROM rest p JOIN resident r USING (birth, kana)
UNION
SELECT p.person, r.rowid FROM rest p JOIN resident r
  ON r.birth = p.birth AND r.sex = p.sex AND left(r.kana, 2) = left(p.kana, 2)
UNION
SELECT p.person, r.rowid FROM rest p JOIN resident r
  ON r.birth = p.birth AND r.former_kana = p.kana
UNION
SELECT p.person, r.rowid FROM rest p JOIN resident r
  ON r.birth = p.birth AND r.former_name = p.name
UNION
SELECT p.person, r.rowid FROM rest p JOIN resident r
  ON r.name = p.name AND r.kana = p.kana AND is_near(r.birth, p.birth);

-- stage: scores
-- An attribute fits when its loose forms are equal; what does not fit is scored by likeness.
CREATE TABLE compared AS
SELECT person, resident, p.birth = r.birth AS fits_birth, p.sex = r.sex AS fits_sex,
       name_loose(p.name) = name_loose(r.name)
         OR name_loose(p.name) = name_loose(r.former_name) IS TRUE AS fits_name,
       kana_loose(p.kana) = kana_loose(r.kana)
         OR kana_loose(p.kana) = kana_loose(r.former_kana) IS TRUE AS fits_kana,
       fits_address(p.address, address_form(r.address)) AS fits_address,
       jaro_winkler_similarity(p.name, r.name) AS like_name,
       jaro_winkler_similarity(p.kana, r.kana) AS like_kana,
       jaro_winkler_similarity(p.address, address_form(r.address)) AS like_address,
       levenshtein(CAST(p.birth AS VARCHAR), CAST(r.birth AS VARCHAR)) AS slips_birth
FROM pair JOIN rest p USING (person) JOIN resident r ON r.rowid = resident;

CREATE TABLE scored AS
SELECT person, resident,
       fits_name AND fits_kana AND fits_birth AND fits_sex AND fits_address AS is_full,
       CASE WHEN fits_name THEN 10 WHEN like_name >= 0.88 THEN 5 ELSE -5 END
         + CASE WHEN fits_kana THEN 10 WHEN like_kana >= 0.88 THEN 5 ELSE -5 END
         + CASE WHEN fits_birth THEN 12 WHEN slips_birth <= 2 THEN 4 ELSE -6 END
         + CASE WHEN fits_sex THEN 1 ELSE -3 END
         + CASE WHEN fits_address THEN 9 WHEN like_address >= 0.9 THEN 4 ELSE -2 END AS score
FROM compared;

-- stage: decisions
-- Two who fit are never picked from, whatever their scores.
CREATE TABLE best AS
SELECT person, bool_or(is_full) AS is_full, count(*) AS candidates, any_value(resident) AS resident
FROM (
  FROM scored WHERE score >= 15
  QUALIFY rank() OVER (PARTITION BY person ORDER BY is_full DESC, if(is_full, 0, score) DESC) = 1
)
GROUP BY person;

CREATE TABLE decision AS
SELECT person, candidates, r.code, r.status,
       CASE WHEN candidates > 1 THEN 'multiple' ELSE 'agree' END AS outcome
FROM exact JOIN resident r ON r.rowid = resident
UNION ALL
SELECT person, candidates, r.code, r.status,
       CASE WHEN NOT is_full THEN 'partial' WHEN candidates > 1 THEN 'multiple' ELSE 'notation' END
FROM best JOIN resident r ON r.rowid = resident;

-- stage: result
COPY (
  WITH told AS (
    SELECT p.rowid + 1 AS "row", coalesce(candidates, 0) AS candidates, code,
           CASE WHEN outcome IS NULL THEN 'none'
                WHEN outcome IN ('partial', 'multiple') OR status IS NULL THEN outcome
                WHEN status = 'restricted' THEN 'restricted'
                ELSE 'gone' END AS outcome
    FROM roster p LEFT JOIN decision ON person = p.rowid
  )
  SELECT "row", outcome,
         CASE WHEN outcome IN ('agree', 'notation') THEN printf('%011d', code) END
           AS resident_record_code,
         candidates
  FROM told ORDER BY "row"
) TO $result (HEADER);
