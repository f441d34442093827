//! Mistakes in the folders of skills, which are errors at the start.

use fastmcp::StartError;
use fastmcp::prelude::*;
use fastmcp::skills::SkillProblem;

use crate::folder::Skills;

async fn error(skills: &Skills) -> StartError {
    let started = skills.server().start().await;
    started.expect_err("the skills have a mistake")
}

#[tokio::test]
async fn each_mistake_names_the_file_and_the_line() {
    for (text, expected) in [
        ("no frontmatter", ":1: no frontmatter"),
        ("---\nname: one\n", ":1: the frontmatter has no end"),
        (
            "---\nname: one\n---\n",
            ":1: the frontmatter has no field `description`",
        ),
        ("---\n- a\n---\n", ":2: the frontmatter is not a mapping"),
        ("---\nname: one\ndescription: [a\n---\n", "invalid YAML"),
        (
            "---\nname: one\ndescription: a\nname: one\n---\n",
            ":4: the key `name` occurs twice",
        ),
        (
            "---\nname: &x one\ndescription: a\n---\n",
            ":2: hosts cannot compare an anchor",
        ),
        (
            "---\nname: one\ndescription: !!str a\n---\n",
            ":3: hosts cannot compare a tag",
        ),
        (
            "---\nname: one\ndescription: a\n1: b\n---\n",
            ":4: the key `1` is not text",
        ),
        (
            "---\nname: one\ndescription: a\nsize: .inf\n---\n",
            ":4: JSON has no number `.inf`",
        ),
        (
            "---\nname: One\ndescription: a\n---\n",
            ":2: `name` is `One`",
        ),
        (
            "---\nname: o--ne\ndescription: a\n---\n",
            ":2: `name` is `o--ne`",
        ),
        (
            "---\nname: two\ndescription: a\n---\n",
            ":2: the skill is named `two`",
        ),
        (
            "---\nname: one\ndescription: 7\n---\n",
            ":3: `description` is a number",
        ),
        (
            "---\nname: one\ndescription: ' '\n---\n",
            ":3: `description` is empty",
        ),
        (
            "---\nname: one\ndescription: a\nallowed-tools: {a: b}\n---\n",
            ":4: `allowed-tools` is neither",
        ),
        (
            "---\nname: one\ndescription: a\ncompatibility:\n---\n",
            ":4: `compatibility` is null",
        ),
        (
            "---\nname: one\ndescription: a\nmetadata:\n  version: 1.0\n---\n",
            ":5: `metadata.version` is a number",
        ),
        (
            "---\nname: one\ndescription: a\nmetadata: x\n---\n",
            ":4: `metadata` is text",
        ),
        (
            "---\nname: one\ndescription: a\nmetadata:\n  io.modelcontextprotocol/x: a\n---\n",
            ":5: `metadata.io.modelcontextprotocol/x` begins with",
        ),
    ] {
        let skills = Skills::empty();
        skills.write("one/SKILL.md", text);
        let error = error(&skills).await.to_string();
        assert!(error.contains("one/SKILL.md:"), "{text}\n{error}");
        assert!(error.contains(expected), "{text}\n{error}");
    }
    let skills = Skills::empty();
    skills.skill("one", &"é".repeat(1025));
    let text = error(&skills).await.to_string();
    assert!(
        text.contains("has 1025 characters; write at most 1024"),
        "{text}"
    );
}

#[tokio::test]
async fn all_mistakes_are_reported_together() {
    let skills = Skills::empty();
    skills.skill("Upper", "a");
    skills.write("lower/skill.md", "x");
    skills.write(
        "bytes/SKILL.md",
        b"---\nname: bytes\ndescription: caf\xe9\n---\n",
    );
    let StartError::Several(errors) = error(&skills).await else {
        panic!("several errors");
    };
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(
        texts.iter().any(|it| it.contains("rename `skill.md`")),
        "{texts:?}"
    );
}

#[tokio::test]
async fn a_directory_without_skills_and_a_missing_one_are_mistakes() {
    let skills = Skills::empty();
    let StartError::Skill(fault) = error(&skills).await else {
        panic!("a skill");
    };
    assert_eq!(fault.problem, SkillProblem::NoSkill);
    assert_eq!(fault.path, skills.path());
    let missing = FastMcp::new("shop").skills("/nowhere/skills").start().await;
    let error = missing.expect_err("no directory").to_string();
    assert!(error.contains("/nowhere/skills: no such folder"), "{error}");
}

#[tokio::test]
async fn two_skills_with_one_uri_are_a_mistake() {
    let (first, second) = (Skills::new(), Skills::new());
    let server = first.server().skills(second.path()).start().await;
    let error = server.expect_err("the same skills").to_string();
    assert!(
        error.contains("has the same URI `skill://refunds/SKILL.md`"),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_in_the_directory_and_pipes_are_refused() {
    use std::os::unix::fs::symlink;

    let skills = Skills::new();
    // As Kubernetes mounts a ConfigMap.
    skills.write("..data/letter.md", "Dear");
    symlink(
        "../..data/letter.md",
        skills.path().join("refunds/letter.md"),
    )
    .unwrap();
    skills.start().await;
    for (target, expected) in [
        ("/etc/hostname", "the symbolic link leads out"),
        ("/etc", "the symbolic link leads out"),
        ("..", "the symbolic link leads to a folder that contains it"),
        ("none", "cannot be read"),
    ] {
        let link = skills.path().join("refunds/link");
        symlink(target, &link).unwrap();
        let text = error(&skills).await.to_string();
        assert!(
            text.contains("refunds/link: ") && text.contains(expected),
            "{target}: {text}"
        );
        std::fs::remove_file(link).unwrap();
    }
    let pipe = std::process::Command::new("mkfifo")
        .arg(skills.path().join("refunds/pipe"))
        .status();
    assert!(pipe.unwrap().success());
    let text = error(&skills).await.to_string();
    assert!(
        text.contains("refunds/pipe: neither a file nor a folder"),
        "{text}"
    );
}

#[tokio::test]
async fn a_skill_has_at_most_512_files_and_16_mebibytes() {
    let skills = Skills::new();
    for number in 0..509 {
        skills.write(&format!("refunds/many/{number}"), "x");
    }
    skills.start().await;
    skills.write("refunds/many/more", "x");
    let text = error(&skills).await.to_string();
    assert!(text.contains("the skill has 513 files"), "{text}");

    let skills = Skills::new();
    skills.write("refunds/large", vec![b'x'; 16 * 1024 * 1024]);
    let text = error(&skills).await.to_string();
    assert!(text.contains("16777216 (16 MiB)"), "{text}");
}
