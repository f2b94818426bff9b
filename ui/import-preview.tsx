import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Radio } from 'antd'
import { useState } from 'react'
import type { ImportEndpoints, ImportMode, ImportState } from '#values/import.ts'
import { call, download, errorText } from './api.ts'
import { DownloadButton } from './download-button.tsx'
import { formatNumber, formatText } from './format.ts'
import { useWords } from './i18n.ts'
import { Section, StatusTag } from './page.tsx'

interface PreviewProps {
  endpoints: ImportEndpoints
  state: ImportState
  anew: () => void
}

const SAMPLE_ROWS = 20
/** All or nothing is one transaction, behind which the whole platform's news waits: beyond so many rows it is chosen, not proposed. */
const PROPOSE_ALL = 5_000

/** What the check has found, and the decision. */
export function ImportPreview(props: PreviewProps) {
  const t = useWords()
  const { state } = props
  return (
    <>
      <Section title={state.fileName}>
        <p className="ls-import-counts" role="status">
          <span>{t('import:summary', { n: formatNumber(state.rowsRead) })}</span>
          {state.rowsRight > 0 && <StatusTag tone="good">{t('import:right', { n: formatNumber(state.rowsRight) })}</StatusTag>}
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
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    try {
      client.setQueryData(['import', state.id], await call(endpoints.run, { params: { id: state.id }, body: { mode } }))
    } catch (error) {
      void message.error(errorText(error, t), 6)
      await client.invalidateQueries({ queryKey: ['import'] })
    } finally {
      setBusy(false)
    }
  }
  const counts = { n: formatNumber(state.rowsRight), wrong: formatNumber(state.rowsWrong) }
  const choice = (value: ImportMode, title: string, hint: string, disabled = false) => (
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

function RightRows({ endpoints, state }: PreviewProps) {
  const t = useWords()
  const { data } = useQuery({
    queryKey: ['import', state.id, 'right', state.rowsRight],
    queryFn: ({ signal }) => call(endpoints.rows, { params: { id: state.id }, query: { show: 'right', limit: SAMPLE_ROWS }, signal }),
  })
  if (!data) return null
  const used = data.columns.map((_, i) => data.items.some((row) => row.cells[i]))
  return (
    <Section title={t('import:rightTitle', { n: formatNumber(data.items.length) })}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page is moved by the keyboard too */}
      <section className="ls-import-scroll" tabIndex={0} aria-label={t('import:rightTitle', { n: formatNumber(data.items.length) })}>
        <table className="ls-import-table">
          <thead>
            <tr>
              <th>{t('import:row')}</th>
              {data.columns.map((name, i) => used[i] && <th key={name}>{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {data.items.map((row) => (
              <tr key={row.rowNo}>
                <td>{row.rowNo}</td>
                {data.columns.map((name, i) => used[i] && <td key={name}>{formatText(row.cells[i])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}
