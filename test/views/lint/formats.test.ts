import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { checks } from '#lint/checks.ts'
import type { LintReport, PlacedFinding } from '#lint/types.ts'
import { lintGithub, lintMarkdown } from '#views/lint/forges.ts'
import { lintSarif } from '#views/lint/sarif.ts'

const check = checks[0]
if (!check) throw new Error('no check')

const finding = (more: Partial<PlacedFinding> = {}): PlacedFinding => ({
  check,
  severity: 'warning',
  path: ['spec'],
  message: 'it is so',
  daemonSet: { namespace: 'n', name: 'a' },
  location: { file: 'a.yaml', line: 3, column: 5 },
  ...more,
})
const report = (...findings: PlacedFinding[]): LintReport => ({
  findings,
  daemonSets: 1,
  withFindings: 1,
  suppressed: 0,
  nodesGiven: false,
})

/** The schema that forges check against, from SchemaStore (Apache-2.0), where it came from OASIS. */
const schema = JSON.parse(readFileSync('test/fixtures/commands/lint/sarif-2.1.0.schema.json', 'utf8'))
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true })
ajv.addFormat('uri', true)
ajv.addFormat('date-time', true)
ajv.addFormat('uri-reference', /^[\w.~!$&'()*+,;=:@%/?#[\]-]*$/)
const validate = ajv.compile(schema)
const errorsOf = (document: unknown) => (validate(document) ? [] : validate.errors)

describe('SARIF', () => {
  it.each([
    'a.yaml',
    '/abs/a.yaml',
    'C:\\a b\\c.yaml',
    'stdin',
    'https://example.com/a b.yaml',
    'a b#c?d%e:f"<>.yaml',
  ])('of a finding in %s holds to its schema', (file) => {
    const sarif = lintSarif(report(finding({ location: { file, line: 1, column: 1 } })), '1.2.3')
    expect(errorsOf(sarif)).toEqual([])
  })

  it('of no finding, too', () => {
    expect(errorsOf(lintSarif(report(), '0.0.0-test'))).toEqual([])
  })

  it('names rule, level and place', () => {
    const sarif = lintSarif(report(finding({ severity: 'info', fix: { text: 'mend it' } })), '1.0.0') as {
      runs: { results: object[] }[]
    }
    expect(sarif.runs[0]?.results[0]).toMatchObject({
      ruleId: check.id,
      ruleIndex: 0,
      level: 'note',
      message: { text: 'it is so. Fix: mend it.' },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'a.yaml' }, region: { startLine: 3, startColumn: 5 } },
        },
      ],
    })
  })

  it('the schema can refuse', () => {
    expect(errorsOf({ version: '2.1.0', runs: [{ tool: {} }] })).not.toEqual([])
  })
})

it('GitHub: what would end the command is escaped', () => {
  const one = finding({
    severity: 'error',
    message: '50% of\nit',
    location: { file: 'a,b:c.yaml', line: 1, column: 2 },
  })
  expect(lintGithub(report(one))).toBe(
    `::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=kds refused::50%25 of%0Ait. ${check.why}\n`,
  )
})

it('markdown: text of files stays text', () => {
  const fix = { text: 'use `x`', stanza: { at: ['spec'], value: { a: '```\n</details>' } } }
  const shown = lintMarkdown(report(finding({ message: 'a | b @team <img> `c`', fix })))
  expect(shown).toContain('a \\| b <code>@</code>team \\<img\\> \\`c\\`')
  expect(shown).toContain('````yaml')
  expect(shown.split('\n').filter((line) => line.startsWith('| warning'))).toHaveLength(1)
})
