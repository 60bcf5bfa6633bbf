/** Errors and warnings of a scenario for programs: a list in JSON, or SARIF 2.1.0 for code scanning. */
import { own } from '#base/own.ts'
import { errorTexts, type Fault } from '#scenarios/errors.ts'
import { type Warning, warningTexts } from '#scenarios/warnings.ts'
import { marketsimVersion } from './versions.ts'

export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endColumn: number
  /** The path in the scenario, with ids instead of list positions. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly hint: string
  /** The rule of the rulebook that asks for it. */
  readonly rule?: string
  /** Edits that follow the hint: each replaces `length` characters at a place by `text`. */
  readonly fix?: Fault['fix']
}

const place = ({ file, line, column, length, path }: Fault | Warning) => ({
  file,
  line,
  column,
  endColumn: column + length,
  path,
})

export const diagnosticsOf = (faults: readonly Fault[], warnings: readonly Warning[]): Diagnostic[] => [
  ...faults.map((fault) => ({
    severity: 'error' as const,
    code: fault.code,
    ...place(fault),
    message: fault.what,
    expected: fault.expected,
    hint: fault.hint,
    ...(fault.rule === undefined ? {} : { rule: fault.rule }),
    ...(fault.fix === undefined ? {} : { fix: fault.fix }),
  })),
  ...warnings.map((warning) => ({
    severity: 'warning' as const,
    code: warning.code,
    ...place(warning),
    message: warning.what,
    hint: warning.hint,
  })),
]

/** `{ valid, errors, warnings, diagnostics }` as JSON text. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const report = { valid: errors === 0, errors, warnings: diagnostics.length - errors, diagnostics }
  return `${JSON.stringify(report, null, 2)}\n`
}

/** Static Analysis Results Interchange Format 2.1.0 (OASIS, 2020). */
export function diagnosticsSarif(diagnostics: readonly Diagnostic[]): string {
  const texts: Readonly<Record<string, string>> = { ...errorTexts, ...warningTexts }
  const codes = [...new Set(diagnostics.map(({ code }) => code))]
  const region = (line: number, column: number, length: number) => ({
    startLine: line,
    startColumn: column,
    endColumn: column + length,
  })
  const results = diagnostics.map(({ severity, code, file, line, column, endColumn, message, hint, fix }) => ({
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: `${message}. Hint: ${hint}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: file }, region: region(line, column, endColumn - column) },
      },
    ],
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: hint },
              artifactChanges: [
                {
                  artifactLocation: { uri: file },
                  replacements: fix.map((edit) => ({
                    deletedRegion: region(edit.line, edit.column, edit.length),
                    insertedContent: { text: edit.text },
                  })),
                },
              ],
            },
          ],
        }),
  }))
  const driver = {
    name: 'marketsim',
    version: marketsimVersion(),
    rules: codes.map((id) => ({ id, shortDescription: { text: own(texts, id) ?? id } })),
  }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
