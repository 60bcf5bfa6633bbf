/** The shell of every page: one file that asks nothing of a network, and runs no script but ours. */
import { html, type Markup, trusted } from './markup.ts'
import { script, scriptHash } from './script.ts'
import { style } from './style.ts'

export interface DocumentParts {
  readonly title: string
  /** Everything between the beginning of the body and its footer. */
  readonly body: Markup
  readonly footer: Markup
  /** Its body has a navigation, which is at its side where there is room. */
  readonly hasSections?: boolean
}

/** The page as text. */
export const documentText = ({ title, body, footer, hasSections = false }: DocumentParts): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'">
<title>${title} · marketsim</title>
<style>${style}</style>
</head>
<body${hasSections ? html` class="report"` : ''}>
${body}
<footer>${footer}</footer>
<script>${trusted(script)}</script>
</body>
</html>
`.text
