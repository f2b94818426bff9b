import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImportStatus } from '#values/import.ts'
import { type ImportStep, nextImportStatus } from './import-rules.ts'

const steps: ImportStep[] = ['take', 'passed', 'order', 'finished', 'refuse', 'fail', 'cancel']

test('every (status, step) pair is decided', () => {
  const table = Object.fromEntries(ImportStatus.options.map((s) => [s, steps.map((step) => nextImportStatus(s, step) ?? '—').join(' ')]))
  assert.deepEqual(table, {
    queued: 'checking — — — — — cancelled',
    checking: 'checking checked — — refused failed cancelled',
    checked: '— — ordered — — — cancelled',
    ordered: 'running — — — — — cancelled',
    running: 'running — — done checked failed cancelled',
    done: '— — — — — — —',
    refused: '— — — — — — —',
    failed: '— — — — — — —',
    cancelled: '— — — — — — —',
  })
})
