import { InboxOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Progress, Spin, Steps, Upload } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { IMPORT_MAX_BYTES, IMPORT_MAX_ROWS, type ImportEndpoints, type ImportId, type ImportState } from '#values/import.ts'
import { call, download, errorText, upload } from './api.ts'
import { DownloadButton } from './download-button.tsx'
import { formatDateTime, formatNumber } from './format.ts'
import { addWords, useWords, type Words } from './i18n.ts'
import { ImportPreview } from './import-preview.tsx'
import en from './import-words/en.json'
import zh from './import-words/zh.json'
import { Loaded, Notice, Section, StatusTag, type Tone } from './page.tsx'
import './import-wizard.css'

// They come with this part, which few pages have, and stay out of the first script.
addWords('import', { zh, en })

export interface ImportWizardProps {
  endpoints: ImportEndpoints
  /** What the rows belong to, where they belong to something. */
  target?: string
  /** The list that the rows come to stand in. */
  listPath: string
  /** Rows were written: what shows them is fetched anew. */
  onWritten: () => void
  /** Said beside the result, as what is to be downloaded once. */
  result?: (state: ImportState) => ReactNode
}

const LOOK_MS = 1_000
const moving = new Set<ImportState['status']>(['queued', 'checking', 'ordered', 'running'])
const steps: Record<ImportState['status'], number> = {
  queued: 1,
  checking: 1,
  checked: 1,
  refused: 1,
  ordered: 2,
  running: 2,
  failed: 2,
  cancelled: 2,
  done: 3,
}

/** Template, upload, check, preview, carrying out: for every list whose rows come by spreadsheet. Which import is shown stands in the URL. */
export function ImportWizard(props: ImportWizardProps) {
  const t = useWords()
  const [params, setParams] = useSearchParams()
  const id = params.get('import') as ImportId | null
  const show = (next: ImportId | null) => setParams(next ? { import: next } : {})
  const state = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => call(props.endpoints.state, { params: { id: id as ImportId }, signal }),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => (data && moving.has(data.status) ? LOOK_MS : false),
  })
  const at = id === null ? 0 : state.data ? steps[state.data.status] : 1
  return (
    <>
      <Steps
        className="ls-import-steps"
        size="small"
        responsive={false}
        current={at}
        items={(['file', 'check', 'write', 'done'] as const).map((step) => ({ title: t(`import:steps.${step}`) }))}
      />
      {id === null ? (
        <ChooseFile {...props} onUploaded={show} />
      ) : (
        <Loaded query={state}>{(data) => <OneImport {...props} state={data} anew={() => show(null)} />}</Loaded>
      )}
    </>
  )
}

function ChooseFile({ endpoints, target, onUploaded }: ImportWizardProps & { onUploaded: (id: ImportId) => void }) {
  const t = useWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const mb = IMPORT_MAX_BYTES / 1024 / 1024
  const send = async (file: File) => {
    if (file.size > IMPORT_MAX_BYTES) return setFailure(t('import:tooLarge', { mb }))
    setBusy(true)
    setFailure(undefined)
    try {
      const { id } = await upload(endpoints.upload, { query: { fileName: file.name.slice(-200), target }, file })
      onUploaded(id)
    } catch (error) {
      setFailure(errorText(error, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Section title={t('import:templateTitle')}>
        <p className="ls-import-text">{t('import:templateText')}</p>
        <DownloadButton text={t('import:template')} fetchFile={() => download(endpoints.template, {})} />
      </Section>
      <Section title={t('import:fileTitle')}>
        {failure && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={failure} />}
        <Upload.Dragger
          accept=".xlsx,.csv,.txt"
          showUploadList={false}
          disabled={busy}
          beforeUpload={(file) => {
            void send(file)
            return false
          }}
        >
          {busy ? <Spin /> : <InboxOutlined aria-hidden className="ls-import-drop" />}
          <p>{busy ? t('import:uploading') : t('import:drop')}</p>
          <p className="ls-quiet">{t('import:dropHint', { rows: formatNumber(IMPORT_MAX_ROWS), mb })}</p>
        </Upload.Dragger>
      </Section>
      <Recent endpoints={endpoints} target={target} onOpen={onUploaded} />
    </>
  )
}

const tones: Record<ImportState['status'], Tone> = {
  queued: 'info',
  checking: 'info',
  checked: 'warning',
  ordered: 'info',
  running: 'info',
  done: 'good',
  refused: 'bad',
  failed: 'bad',
  cancelled: 'neutral',
}

function Recent({ endpoints, target, onOpen }: { endpoints: ImportEndpoints; target: string | undefined; onOpen: (id: ImportId) => void }) {
  const t = useWords()
  const list = useQuery({
    queryKey: ['import', 'list', endpoints.list.path, target],
    queryFn: ({ signal }) => call(endpoints.list, { query: { target }, signal }),
  })
  const items = list.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Section title={t('import:recent')}>
      <ul className="ls-import-recent">
        {items.map((one) => (
          <li key={one.id}>
            <StatusTag tone={tones[one.status]}>{t(`import:status.${one.status}`)}</StatusTag>
            <span className="ls-import-name">{one.fileName}</span>
            <span className="ls-quiet">
              {t('import:recentRows', { n: formatNumber(one.status === 'done' ? one.rowsDone : one.rowsRead) })} ·{' '}
              {formatDateTime(one.createdAt)}
            </span>
            <button type="button" className="ls-link" onClick={() => onOpen(one.id)}>
              {t('import:open')}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function OneImport(props: ImportWizardProps & { state: ImportState; anew: () => void }) {
  const t = useWords()
  const { state, anew } = props
  const again = <Button onClick={anew}>{t('import:again')}</Button>
  switch (state.status) {
    case 'queued':
    case 'checking':
    case 'ordered':
    case 'running':
      return <AtWork {...props} />
    case 'checked':
      return <ImportPreview endpoints={props.endpoints} state={state} anew={anew} />
    case 'done':
      return <Done {...props} />
    case 'refused':
      return <Notice kind="error" title={t('import:refusedTitle')} text={`${state.fileName}：${state.refusal ?? ''}`} action={again} />
    case 'failed':
      return <Notice kind="error" title={t('import:failedTitle')} text={state.refusal} action={again} />
    case 'cancelled': {
      const text = state.rowsDone > 0 ? t('import:cancelledSome', { n: formatNumber(state.rowsDone) }) : t('import:cancelledNone')
      return <Notice kind="info" title={t('import:cancelledTitle')} text={text} action={again} />
    }
    default:
      return state.status satisfies never
  }
}

function AtWork({ state, endpoints }: ImportWizardProps & { state: ImportState }) {
  const t = useWords()
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const writing = state.status === 'running' || state.status === 'ordered'
  const waiting = state.status === 'queued' || state.status === 'ordered'
  const willHappen = !writing
    ? t('import:cancelCheck')
    : state.mode === 'all'
      ? t('import:cancelAll')
      : t('import:cancelSkip', { n: formatNumber(state.rowsDone) })
  const cancel = () =>
    modal.confirm({
      title: t('import:cancelTitle'),
      content: willHappen,
      okText: t('import:cancel'),
      okButtonProps: { danger: true },
      cancelText: t('import:keepOn'),
      onOk: async () => {
        await call(endpoints.cancel, { params: { id: state.id }, body: {} }).catch((error) => void message.error(errorText(error, t)))
        await client.invalidateQueries({ queryKey: ['import'] })
      },
    })
  const percent = writing && state.rowsRight > 0 ? Math.floor((state.rowsDone / state.rowsRight) * 100) : undefined
  const title = waiting ? 'queued' : writing ? 'running' : 'checking'
  const soFar = writing
    ? t('import:doneSoFar', { done: formatNumber(state.rowsDone), total: formatNumber(state.rowsRight) })
    : t('import:checkedSoFar', { n: formatNumber(state.rowsRead), wrong: formatNumber(state.rowsWrong) })
  return (
    <Section title={t(`import:${title}`)}>
      <p className="ls-import-text">{state.fileName}</p>
      {percent === undefined ? <Spin /> : <Progress percent={percent} />}
      <p role="status">{waiting ? t('import:queuedText') : soFar}</p>
      <p className="ls-quiet">{t('import:mayLeave')}</p>
      <Button onClick={cancel}>{t('import:cancel')}</Button>
    </Section>
  )
}

function doneText(state: ImportState, t: Words): string | undefined {
  const { rowsDone, rowsChanged, rowsUnchanged, rowsWrong } = state
  const numbers = { new: rowsDone - rowsChanged - rowsUnchanged, changed: rowsChanged, unchanged: rowsUnchanged }
  const counts = Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, formatNumber(n)]))
  const known = rowsChanged + rowsUnchanged > 0 && t(`import:doneKnown.${state.known ?? 'skip'}`, counts)
  const wrong = rowsWrong > 0 && t('import:doneSkipped', { n: formatNumber(rowsWrong) })
  return [known, wrong].filter(Boolean).join(' ') || undefined
}

function Done({ state, endpoints, listPath, onWritten, result, anew }: ImportWizardProps & { state: ImportState; anew: () => void }) {
  const t = useWords()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each import that is done
  useEffect(onWritten, [state.id])
  return (
    <>
      <Notice
        kind="success"
        title={t('import:doneTitle', { n: formatNumber(state.rowsDone) })}
        text={doneText(state, t)}
        action={
          <div className="ls-import-actions">
            <Link to={listPath}>
              <Button type="primary">{t('import:toList')}</Button>
            </Link>
            {state.rowsWrong > 0 && (
              <DownloadButton text={t('import:wrongFile')} fetchFile={() => download(endpoints.wrongRows, { params: { id: state.id } })} />
            )}
            <Button onClick={anew}>{t('import:another')}</Button>
          </div>
        }
      />
      {result?.(state)}
    </>
  )
}
