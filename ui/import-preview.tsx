import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Radio } from 'antd'
import { useState } from 'react'
import type { ImportEffect, ImportEndpoints, ImportedRow, ImportKnown, ImportMode, ImportShow, ImportState } from '#values/import.ts'
import { call, download, errorText } from './api.ts'
import { DownloadButton } from './download-button.tsx'
import { formatNumber, formatText } from './format.ts'
import { useWords } from './i18n.ts'
import { Section, StatusTag, type Tone } from './page.tsx'

interface PreviewProps {
  endpoints: ImportEndpoints
  state: ImportState
  anew: () => void
}

const SAMPLE_ROWS = 20
const NAMING_COLUMNS = 2
/** All or nothing is one transaction, behind which the whole platform's news waits: beyond so many rows it is chosen, not proposed. */
const PROPOSE_ALL = 5_000

/** What the check has found, and the decision. */
export function ImportPreview(props: PreviewProps) {
  const t = useWords()
  const { state } = props
  const known = state.rowsChanged + state.rowsUnchanged
  return (
    <>
      <Section title={state.fileName}>
        <p className="ls-import-counts" role="status">
          <span>{t('import:summary', { n: formatNumber(state.rowsRead) })}</span>
          {state.rowsRight > 0 && <StatusTag tone="good">{t('import:right', { n: formatNumber(state.rowsRight) })}</StatusTag>}
          {known > 0 && (
            <>
              <StatusTag tone="info">{t('import:new', { n: formatNumber(state.rowsRight - known) })}</StatusTag>
              <StatusTag tone="warning">{t('import:changes', { n: formatNumber(state.rowsChanged) })}</StatusTag>
              <StatusTag tone="neutral">{t('import:unchanged', { n: formatNumber(state.rowsUnchanged) })}</StatusTag>
            </>
          )}
          {state.rowsWrong > 0 && <StatusTag tone="bad">{t('import:wrong', { n: formatNumber(state.rowsWrong) })}</StatusTag>}
        </p>
        {state.refusal && <Alert type="warning" showIcon role="alert" className="ls-form-failure" title={state.refusal} />}
        {state.unknownColumns.length > 0 && (
          <p className="ls-quiet">{t('import:unknownColumns', { columns: state.unknownColumns.join(t('ui:listSeparator')) })}</p>
        )}
        {state.rowsRight === 0 && <p>{t('import:noneRight')}</p>}
        <Decision key={state.rowsWrong > 0 ? 'skip' : 'all'} {...props} />
      </Section>
      {state.rowsWrong > 0 && <WrongRows {...props} />}
      {state.rowsRight > 0 && <RightRows {...props} />}
    </>
  )
}

function Decision({ endpoints, state, anew }: PreviewProps) {
  const t = useWords()
  const client = useQueryClient()
  const { message } = App.useApp()
  const wrong = state.rowsWrong > 0
  const [mode, setMode] = useState<ImportMode>(wrong || state.rowsRight > PROPOSE_ALL ? 'skip' : 'all')
  // What the preview shows as changed is what was meant to change.
  const [known, setKnown] = useState<ImportKnown>(state.rowsChanged > 0 ? 'update' : 'skip')
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    try {
      client.setQueryData(['import', state.id], await call(endpoints.run, { params: { id: state.id }, body: { mode, known } }))
    } catch (error) {
      void message.error(errorText(error, t), 6)
      await client.invalidateQueries({ queryKey: ['import'] })
    } finally {
      setBusy(false)
    }
  }
  const counts = { n: formatNumber(state.rowsRight), wrong: formatNumber(state.rowsWrong) }
  const choice = (value: ImportMode | ImportKnown, title: string, hint: string, disabled = false) => (
    <Radio value={value} disabled={disabled} className="ls-import-choice">
      {t(`import:${title}`)}
      <span className="ls-quiet">{t(`import:${hint}`)}</span>
    </Radio>
  )
  return (
    <>
      {state.rowsRight > 0 && (
        <Radio.Group aria-label={t('import:mode')} value={mode} onChange={(event) => setMode(event.target.value as ImportMode)}>
          {choice('all', 'modeAll', wrong ? 'modeAllNot' : 'modeAllHint', wrong)}
          {choice('skip', 'modeSkip', 'modeSkipHint')}
        </Radio.Group>
      )}
      {state.rowsChanged > 0 && (
        <>
          <p className="ls-import-question">{t('import:knownTitle', { n: formatNumber(state.rowsChanged) })}</p>
          <Radio.Group
            aria-label={t('import:knownTitle', { n: formatNumber(state.rowsChanged) })}
            value={known}
            onChange={(event) => setKnown(event.target.value as ImportKnown)}
          >
            {choice('update', 'knownUpdate', 'knownUpdateHint')}
            {choice('skip', 'knownSkip', 'knownSkipHint')}
          </Radio.Group>
        </>
      )}
      <div className="ls-import-actions">
        {state.rowsRight > 0 && (
          <Button type="primary" loading={busy} onClick={() => void run()}>
            {wrong ? t('import:runSkip', counts) : t('import:run', counts)}
          </Button>
        )}
        <Button onClick={anew}>{t('import:another')}</Button>
      </div>
    </>
  )
}

function WrongRows({ endpoints, state }: PreviewProps) {
  const t = useWords()
  const rows = useInfiniteQuery({
    queryKey: ['import', state.id, 'wrong', state.rowsWrong],
    queryFn: ({ pageParam, signal }) =>
      call(endpoints.rows, { params: { id: state.id }, query: { show: 'wrong', after: pageParam }, signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const columns = rows.data?.pages[0]?.columns ?? []
  const problems = (rows.data?.pages ?? []).flatMap((page) =>
    page.items.flatMap((row) => row.problems.map((problem) => ({ ...problem, rowNo: row.rowNo, cells: row.cells }))),
  )
  return (
    <Section
      title={t('import:wrongTitle')}
      extra={<DownloadButton text={t('import:wrongFile')} fetchFile={() => download(endpoints.wrongRows, { params: { id: state.id } })} />}
    >
      <p className="ls-quiet ls-import-text">{t('import:wrongFileHint')}</p>
      <table className="ls-import-table ls-import-wrong">
        <thead>
          <tr>
            <th>{t('import:row')}</th>
            <th>{t('import:column')}</th>
            <th>{t('import:value')}</th>
            <th>{t('import:problem')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ rowNo, column, cells, text }) => (
            <tr key={`${rowNo}/${column}/${text}`}>
              <td>{t('import:rowNo', { n: rowNo })}</td>
              <td>{column === null ? t('import:wholeRow') : columns[column]}</td>
              <td className="ls-import-value">{column === null ? '' : formatText(cells[column])}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.hasNextPage && (
        <Button type="link" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {t('import:more')}
        </Button>
      )}
    </Section>
  )
}

const tones = { new: 'info', changes: 'warning', unchanged: 'neutral' } as const satisfies Record<ImportEffect, Tone>

/** A sample of the right rows; where some are there already, what each does, old beside new. */
function RightRows({ endpoints, state }: PreviewProps) {
  const t = useWords()
  const known = state.rowsChanged + state.rowsUnchanged > 0
  const [show, setShow] = useState<ImportShow>(state.rowsChanged > 0 ? 'changes' : 'right')
  const rows = useInfiniteQuery({
    queryKey: ['import', state.id, show, state.rowsRight],
    queryFn: ({ pageParam, signal }) =>
      call(endpoints.rows, { params: { id: state.id }, query: { show, limit: SAMPLE_ROWS, after: pageParam }, signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const items = rows.data?.pages.flatMap((page) => page.items)
  const columns = rows.data?.pages[0]?.columns ?? []
  if (!items) return null
  const used = columns.map((_, i) => isShown(items, i, show))
  const title = t('import:rightTitle', { n: formatNumber(items.length) })
  return (
    <Section title={title}>
      {known && (
        <Radio.Group
          optionType="button"
          className="ls-import-show"
          aria-label={title}
          value={show}
          onChange={(event) => setShow(event.target.value as ImportShow)}
          options={(['changes', 'new', 'unchanged', 'right'] as const).map((value) => ({ value, label: t(`import:show.${value}`) }))}
        />
      )}
      {items.length === 0 && <p className="ls-quiet">{t('import:noneOfThese')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page is moved by the keyboard too */}
      <section className="ls-import-scroll" tabIndex={0} aria-label={title}>
        <table className="ls-import-table">
          <thead>
            <tr>
              <th>{t('import:row')}</th>
              {known && <th>{t('import:effect')}</th>}
              {columns.map((name, i) => used[i] && <th key={name}>{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <tr key={row.rowNo}>
                <td>{row.rowNo}</td>
                {known && <td>{row.effect && <StatusTag tone={tones[row.effect]}>{t(`import:effects.${row.effect}`)}</StatusTag>}</td>}
                {columns.map((name, i) => used[i] && <td key={name}>{<Cell row={row} column={i} />}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {known && rows.hasNextPage && (
        <Button type="link" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {t('import:more')}
        </Button>
      )}
    </Section>
  )
}

/** What changes stands beside what names the record; the other columns would hide it. */
function isShown(items: readonly ImportedRow[], column: number, show: ImportShow): boolean {
  const changes = show !== 'changes' || column < NAMING_COLUMNS || items.some((row) => row.changes.some((one) => one.column === column))
  return changes && items.some((row) => row.cells[column])
}

function Cell({ row, column }: { row: ImportedRow; column: number }) {
  const change = row.changes.find((one) => one.column === column)
  if (!change) return formatText(row.cells[column])
  return (
    <span className="ls-import-change">
      <del>{formatText(change.old)}</del> → <ins>{row.cells[column]}</ins>
    </span>
  )
}
