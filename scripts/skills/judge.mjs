// Walks the skills of a server with the official TypeScript client: every page, every skill, every file of every
// manifest, and every folder. The client checks sizes, digests and frontmatters itself.
//
// node judge.mjs URL
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';

const [url] = process.argv.slice(2);
const fail = (text) => {
    console.error(`judge.mjs: ${text}`);
    process.exit(1);
};

async function walk(mode) {
    const client = new Client({ name: 'judge', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const skills = new SkillsClient(client);
    const { skills: listed } = await skills.list();
    if (listed.length === 0) fail(`${mode}: the list is empty`);
    let files = 0;
    let folders = 0;
    for (const skill of listed) {
        const { skill: got } = await skills.get(skill.uri);
        if (JSON.stringify(got.frontmatter) !== JSON.stringify(skill.frontmatter)) fail(`${mode}: ${skill.uri} differs`);
        const manifest = new Set(skill.resources.map((it) => it.uri));
        for (const { uri } of skill.resources) {
            await skills.read(skill, uri);
            files += 1;
        }
        // Every file is found through the folders too, and nothing else is.
        const found = new Set();
        const open = [skill.uri.replace(/\/SKILL\.md$/, '')];
        while (open.length > 0) {
            const { resources } = await skills.readDirectory(open.pop());
            folders += 1;
            for (const it of resources) {
                if (it.mimeType === 'inode/directory') open.push(it.uri);
                else found.add(it.uri);
            }
        }
        const missing = [...manifest].filter((it) => !found.has(it)).concat([...found].filter((it) => !manifest.has(it)));
        if (missing.length > 0) fail(`${mode}: folders and manifest of ${skill.uri} differ: ${missing}`);
    }
    const { resources } = await client.listResources();
    for (const { uri, frontmatter } of listed) {
        const resource = resources.find((it) => it.uri === uri);
        if (resource?.name !== frontmatter.name || resource?.mimeType !== 'text/markdown') {
            fail(`${mode}: resources/list has ${JSON.stringify(resource)} for ${uri}`);
        }
    }
    for (const uri of ['skill://nobody/SKILL.md', `${listed[0].uri}/../../../../etc/passwd`, 'skill://%2e%2e/SKILL.md']) {
        const error = await skills.get(uri).then(() => undefined, (it) => it);
        if (!error) fail(`${mode}: ${uri} was found`);
    }
    const version = client.getNegotiatedProtocolVersion?.() ?? client.getServerProtocolVersion?.() ?? '';
    await client.close();
    console.log(`client ${mode}: ${listed.length} skills, ${files} files, ${folders} folders ${version}`);
}

for (const mode of ['auto', 'legacy']) await walk(mode);
