import { hash } from 'node:crypto'
import { markup, Markup } from './markup.js'
import { words, type Language } from './words.js'

/** A page: where it is, what it says, and where programs get the same. */
export interface PageParts {
  readonly language: Language
  readonly title: string
  /** Path without `lang`, and its other parameters: the same page in the other language. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** The section of the menu that this is; entries are in none. */
  readonly section?: Section
  readonly content: Markup
  /** The same as JSON. */
  readonly json: string
}

const sections = {
  services: '/v1/catalogue',
  resources: '/v1/catalogue/html/resources',
  members: '/v1/catalogue/html/members',
  changes: '/v1/catalogue/html/changes',
} as const
export type Section = keyof typeof sections

const style = `
:root{color-scheme:light;--ink:#1b2733;--soft:#52606d;--line:#cbd5df;--blue:#0b4f8a;--pale:#f3f6f9}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 "Noto Sans","Segoe UI",Roboto,Arial,sans-serif;color:var(--ink);background:#fff}
a{color:var(--blue)}a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid #f2a900;outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.5rem}
.in{max-width:70rem;margin:0 auto;padding:0 1rem}
header{background:var(--blue);color:#fff}header a{color:#fff}
header .in{display:flex;flex-wrap:wrap;gap:.25rem 2rem;align-items:baseline;padding-top:.9rem;padding-bottom:.7rem}
header p{margin:0}.brand{font-size:1.25rem;font-weight:700;flex:1 1 20rem}.brand a{text-decoration:none}
.brand small{display:block;font-size:.85rem;font-weight:400}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}
.menu{background:var(--pale);border-bottom:1px solid var(--line)}.menu a{display:inline-block;padding:.55rem 0}
[aria-current]{font-weight:700;text-decoration:none}.menu [aria-current]{border-bottom:3px solid var(--blue);color:var(--ink)}
main.in{padding-top:1.25rem;padding-bottom:2.5rem}
h1{font-size:1.7rem;line-height:1.25;margin:.25rem 0 1rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:0 0 1.25rem}
label{flex:1 1 100%;font-weight:600}input{flex:1 1 18rem;max-width:36rem;font:inherit;padding:.45rem .6rem;border:1px solid var(--soft);border-radius:4px}
button{font:inherit;padding:.45rem 1.2rem;border:1px solid var(--blue);border-radius:4px;background:var(--blue);color:#fff}
.wide{overflow-x:auto;position:relative}table{border-collapse:collapse;width:100%}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{border-bottom:2px solid var(--soft);overflow-wrap:normal}tbody th{font-weight:600}
tbody td{overflow-wrap:break-word}
td small,th small{display:block;color:var(--soft);font-weight:400}
code{font:.85em/1.4 "Noto Sans Mono",Consolas,monospace;color:var(--soft);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr;gap:.4rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.state{white-space:nowrap;font-weight:600}.state::before{content:"";display:inline-block;width:.65em;height:.65em;margin-right:.4em;border-radius:50%;background:#8795a1}
.ACTIVE::before,.active::before{background:#1a7f37}.MAINTENANCE::before{background:#bf8700}.FAULTY::before{background:#b3261e}
footer{border-top:1px solid var(--line);color:var(--soft);padding:.9rem 0;font-size:.9rem}
@media (max-width:40rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}
`

/** Pages have this style, which came with them, and nothing else: no script, no picture, no frame, no other site. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
].join('; ')

export function layout(parts: PageParts): string {
  const { language, title, content, json } = parts
  const full =
    title === words.catalogue[language] ? title : `${title} – ${words.catalogue[language]}`
  return markup`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${full}</title>
<link rel="alternate" type="application/json" href="${json}">
<link rel="alternate" type="application/atom+xml" title="${words.changes[language]}" href="/v1/catalogue/changes/atom?lang=${language}">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#content">${words.skip[language]}</a>
<header><div class="in">
<p class="brand"><a href="/v1/catalogue?lang=${language}">${words.catalogue[language]}</a><small>${words.bus[language]}</small></p>
${languageMenu(parts)}
</div></header>
${sectionMenu(parts)}
<main id="content" class="in">
<h1>${title}</h1>
${content}
</main>
<footer><div class="in">${words.machine[language]}: <a href="${json}">JSON</a>, <a href="/v1/catalogue/changes/atom?lang=${language}">${words.feed[language]}</a></div></footer>
</body>
</html>
`.text
}

/** Each language in its own words, and said to be so. */
function languageMenu({ language, path, query = {} }: PageParts): Markup {
  const items = [
    { code: 'az', name: 'Azərbaycanca' },
    { code: 'en', name: 'English' },
  ].map(({ code, name }) => {
    const target = targetOf(path, { ...query, lang: code })
    const current = code === language ? markup` aria-current="true"` : undefined
    return markup`<li><a href="${target}" hreflang="${code}" lang="${code}"${current}>${name}</a></li>`
  })
  return markup`<nav aria-label="${words.languages[language]}"><ul>${items}</ul></nav>`
}

function sectionMenu({ language, section }: PageParts): Markup {
  const items = Object.entries(sections).map(([name, path]) => {
    const current = name === section ? markup` aria-current="page"` : undefined
    const word = words[name as Section][language]
    return markup`<li><a href="${path}?lang=${language}"${current}>${word}</a></li>`
  })
  return markup`<nav class="menu" aria-label="${words.sections[language]}"><div class="in"><ul>${items}</ul></div></nav>`
}

/** A path with a query, encoded as forms are. */
export function targetOf(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const said = Object.entries(query).filter(
    (each): each is [string, string] => each[1] !== undefined,
  )
  return `${path}?${new URLSearchParams(said).toString()}`
}
