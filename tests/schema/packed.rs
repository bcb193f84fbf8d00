//! A large schema file is read in parts, from a text that is held packed: nothing that it says may differ from reading it at once.

use super::support::memory;
use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Options};
use std::fmt::Write;

/// Everything that a run says of a repository of one file, read in parts or, where every step is kept, at once.
fn said(path: &str, text: &str, at_once: bool) -> Vec<String> {
    let (min_severity, min_confidence) = (Severity::Info, Confidence::Low);
    let options = Options { min_severity, min_confidence, every_step: at_once, ..Options::default() };
    let outcome = engine::check(&memory(&[(path, text)]), None, None, &options).unwrap();
    let [database] = &outcome.model.schema.databases[..] else { panic!("{path} is one database") };
    let place = |span| format!("{:?} {}", outcome.sources.line_columns(span), outcome.sources.text(span));
    let mut said: Vec<String> = database.tables.iter().map(|table| format!("{table:?}")).collect();
    said.push(format!("{:?}", (&database.enums, &database.domains, &database.views, &database.tables_unknown)));
    said.push(format!("{:?}", database.objects));
    said.push(format!("{:?}", outcome.model.queries));
    said.extend(outcome.report.unread.iter().map(|one| format!("{one:?}")));
    said.extend(outcome.report.findings.iter().map(|one| {
        let occurrences: Vec<String> = one.diagnostic.occurrences.iter().map(|one| place(one.span)).collect();
        format!("{one:?} {} {occurrences:?}", place(one.diagnostic.primary.span))
    }));
    said
}

fn holds(path: &str, text: &str) {
    assert!(text.len() > 3 << 20, "{} bytes are many parts", text.len());
    let (whole, parts) = (said(path, text, true), said(path, text, false));
    assert!(whole.len() > 1_000);
    for (whole, part) in whole.iter().zip(&parts) {
        assert_eq!(whole, part);
    }
    assert_eq!(whole.len(), parts.len());
}

#[test]
fn a_dump_of_postgres_in_parts() {
    let mut text = "\u{feff}\\connect shop\nSELECT pg_catalog.set_config('search_path', '', false);\n".to_owned();
    for at in 0..1_500 {
        let _ = write!(
            text,
            "--\n-- Name: é_{at}; Type: TABLE; Owner: it's\n--\nCREATE TABLE public.\"é {at}\" (\n    id bigint NOT NULL,\n    owner integer,\n    state text \
             DEFAULT 'o;pen'::text NOT NULL,\n    CONSTRAINT \"s {at}\" CHECK ((state = ANY (ARRAY['o;pen'::text, 'x'::text])))\n);\n\
             /* a comment;\n{} */\nALTER TABLE ONLY public.\"é {at}\" ADD CONSTRAINT \"é {at}_pkey\" PRIMARY KEY (id);\n",
            "of many lines; \n".repeat(at % 90)
        );
        if at % 40 == 0 {
            let _ = write!(
                text,
                "CREATE FUNCTION public.f{at}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{}  RETURN NEW;\nEND\n$$;\n\
                 CREATE FUNCTION public.make{at}() RETURNS void LANGUAGE plpgsql AS $_$ BEGIN CREATE TABLE made{at} (id int); END $_$;\n\
                 SELECT public.make{at}();\nCREATE VIEW public.v{at} AS\n SELECT id, owner FROM public.\"é {at}\" WHERE (state = 'x'::text);\n\
                 COPY public.\"é {at}\" (id, owner, state) FROM stdin;\n{}\\.\n\
                 DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE public.\"é {at}\" ADD COLUMN late int; END IF; END $$;\n\
                 GRANT WHATEVER THIS IS;\n",
                "  PERFORM 1; -- a line;\n".repeat(at),
                "1\t2\tit's; a row $$\n".repeat(at * 3)
            );
        }
    }
    for at in 1..1_500 {
        let _ = writeln!(text, "ALTER TABLE public.\"é {at}\" ADD FOREIGN KEY (owner) REFERENCES public.\"é {}\"(id);", at / 2);
    }
    holds("db/structure.sql", &text);
}

#[test]
fn a_dump_of_mysql_in_parts() {
    let mut text = "SET NAMES utf8mb4;\n".to_owned();
    for at in 0..1_200 {
        let _ = write!(
            text,
            "/*!40101 SET character_set_client = utf8 */;\nCREATE TABLE `t{at}` (\n  `id` bigint unsigned NOT NULL AUTO_INCREMENT,\n  `t_id` \
             bigint unsigned DEFAULT NULL,\n  `note` varchar(40) DEFAULT 'a;b',\n  PRIMARY KEY (`id`),\n  CONSTRAINT `fk{at}` FOREIGN KEY \
             (`t_id`) REFERENCES `t{}` (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\nINSERT INTO `t{at}` VALUES {};\n\
             DELIMITER ;;\nCREATE TRIGGER `r{at}` BEFORE INSERT ON `t{at}` FOR EACH ROW BEGIN\n  SET NEW.note = 'x;';\nEND ;;\n\
             CREATE PROCEDURE `p{at}`() BEGIN\n  ALTER TABLE `t{at}` ADD COLUMN `late` int;\nEND ;;\nDELIMITER ;\nCALL p{at}();\n",
            at / 2,
            vec!["(1,2,'it''s; a row')"; at % 200 + 1].join(",\n")
        );
    }
    holds("mysql/schema.sql", &text);
}
