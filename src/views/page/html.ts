/** A plan as one page that needs nothing from anywhere: its skeleton, what it says without scripts, and its policy. */

/** A text to put into the page, and `sha256-…` of what runs. */
interface Piece {
  readonly text: string
  readonly hash: string
}

export interface PageParts {
  readonly style: Piece
  readonly loader: Piece
  /** Packed: gzip, Base64; the hash is that of the unpacked text. */
  readonly program: Piece
  /** Packed likewise. */
  readonly data: string
}

export interface PageWords {
  /** The first line of the plan, or what several come to. */
  readonly title: string
  /** Where the plan comes from, and when it was made. */
  readonly made: string
  /** The plan as a text, for whoever has no scripts. */
  readonly plain: string
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it stands in HTML, in an element or a quoted attribute. */
export const htmlText = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char)

/** Nothing is loaded and nothing sent; the two scripts run by their hashes, and only they may make a script of a text. */
const policyOf = ({ loader, program, style }: PageParts): string =>
  [
    "default-src 'none'",
    `script-src '${loader.hash}' '${program.hash}'`,
    `style-src '${style.hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types kds',
  ].join('; ')

export function pageHtml({ made, plain, title }: PageWords, parts: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policyOf(parts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="kds">
<title>${htmlText(title)}</title>
<style>${parts.style.text}</style>
</head>
<body>
<main id="plain"><pre>${htmlText(plain)}</pre></main>
<div id="page" hidden>
<a class="skip" href="#try">Go to the editor</a>
<a class="skip" href="#nodes">Go to the table of nodes</a>
<header>
<nav id="choices" aria-label="DaemonSets" hidden></nav>
<p id="name"></p>
<h1 id="answer"></h1>
<p id="edited" hidden>With your edit. The manifest as it is: <span id="was"></span>.</p>
<div id="legend" role="group" aria-label="Show one kind of nodes"></div>
<div id="notes"></div>
</header>
<main>
<section id="where" aria-labelledby="where-title">
<div class="head"><h2 id="where-title">Where</h2>
<label>grouped by <select id="by"><option value="">pool or zone</option></select></label></div>
<div id="map"></div>
</section>
<section id="because" tabindex="-1" aria-labelledby="because-title"><h2 id="because-title">Why</h2><div id="reasons"></div></section>
<div id="side">
<section id="try" tabindex="-1" aria-labelledby="try-title">
<h2 id="try-title">Try another placement</h2>
<p class="note" id="try-note">Edit what decides where the pods go. The page answers as the controller would.</p>
<div id="editor"><div id="lines" class="code" aria-hidden="true"></div><textarea id="stanza" class="code" aria-label="nodeSelector, affinity and tolerations, as YAML" aria-describedby="try-note said" spellcheck="false" autocapitalize="off" autocomplete="off" placeholder="nodeSelector:&#10;  disktype: ssd"></textarea></div>
<div class="actions"><button type="button" id="copy">Copy</button><button type="button" id="reset" class="quiet">Reset</button><span id="copied" role="status"></span></div>
<div id="said" role="status"></div>
</section>
<section id="what" aria-labelledby="what-title"><h2 id="what-title">What changes in the DaemonSet</h2><div id="diffs"></div></section>
</div>
<section id="nodes" tabindex="-1" aria-labelledby="nodes-title">
<div class="head"><h2 id="nodes-title">Nodes</h2>
<label>Search <input id="search" type="search" placeholder="name, reason, label" autocomplete="off"></label><span id="found" role="status"></span></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of nodes"><table role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Node</th><th role="columnheader" scope="col">What happens</th><th role="columnheader" scope="col" class="wide">Why, and the pods there</th></tr></thead>
<tbody role="rowgroup" id="rows"></tbody>
</table></div>
<button type="button" id="all" hidden>Show all nodes</button>
</section>
</main>
<footer>${htmlText(made)}</footer>
</div>
<script type="application/gzip" id="kds-program">${parts.program.text}</script>
<script type="application/gzip" id="kds-data">${parts.data}</script>
<script>${parts.loader.text}</script>
</body>
</html>
`
}
