// The program of a plan's page, a text that shares nothing with commands, and what packs its data.
export { gzipSync } from 'node:zlib'
export { loader, program, style } from '#page/main.ts?bundle'
export { pageHtml } from '#views/page/html.ts'
