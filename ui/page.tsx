import { CheckCircleOutlined, CloseCircleOutlined, InfoCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { Button, Skeleton, Tooltip } from 'antd'
import { Component, type CSSProperties, type ReactNode, useEffect } from 'react'
import { Link, useRouteError } from 'react-router'
import { type QualityStatus, qualityName, qualityStatus } from '#values/quality.ts'
import { ApiError, errorText } from './api.ts'
import { nowMs } from './clock.ts'
import { EMPTY, formatDateTime, formatDateTimeSeconds } from './format.ts'
import { useWords } from './i18n.ts'
import type { LiveState } from './live.ts'
import './ui.css'

export interface Crumb {
  label: string
  path?: string
}

/** The frame of every page: where one is, what it is called, what one can do here. */
export function Page(props: {
  title: string
  subtitle?: ReactNode
  /** Beside the title: state, quality. */
  tags?: ReactNode
  actions?: ReactNode
  breadcrumbs?: Crumb[]
  children: ReactNode
}) {
  const t = useWords()
  useEffect(() => {
    document.title = `${props.title} · ${t('product')}`
  }, [props.title, t])
  return (
    <div className="ls-page">
      {props.breadcrumbs && props.breadcrumbs.length > 0 && (
        <nav aria-label={t('breadcrumbs')} className="ls-crumbs">
          {props.breadcrumbs.map((crumb) => (
            <span key={crumb.label}>
              {crumb.path ? <Link to={crumb.path}>{crumb.label}</Link> : crumb.label}
              <span aria-hidden> / </span>
            </span>
          ))}
          <span aria-current="page">{props.title}</span>
        </nav>
      )}
      <header className="ls-page-head">
        <div className="ls-page-title">
          <h1>
            {props.title}
            {props.tags && <span className="ls-page-tags">{props.tags}</span>}
          </h1>
          {props.subtitle && <p>{props.subtitle}</p>}
        </div>
        {props.actions && <div className="ls-page-actions">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  )
}

export function Section(props: { title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="ls-section">
      {(props.title || props.extra) && (
        <div className="ls-section-head">
          {props.title && <h2>{props.title}</h2>}
          {props.extra && <div className="ls-section-extra">{props.extra}</div>}
        </div>
      )}
      <div className={props.flush ? undefined : 'ls-section-body'}>{props.children}</div>
    </section>
  )
}

export interface Detail {
  label: string
  value: ReactNode
  /** Takes the whole row. */
  wide?: boolean
}

/** Label and value pairs; what is empty shows as —. */
export function DetailGrid({ items, columns = 3 }: { items: (Detail | false | null | undefined)[]; columns?: number }) {
  const shown = items.filter((item): item is Detail => Boolean(item))
  return (
    <dl className="ls-details" style={{ '--columns': columns } as CSSProperties}>
      {shown.map((item) => (
        <div key={item.label} className={item.wide ? 'ls-detail-wide' : undefined}>
          <dt>{item.label}</dt>
          <dd>{item.value === null || item.value === undefined || item.value === '' ? EMPTY : item.value}</dd>
        </div>
      ))}
    </dl>
  )
}

export interface TimelineEntry {
  key: string
  at: string | number
  title: ReactNode
  text?: ReactNode
  tone?: Tone
}

/** What happened, newest first as given. */
export function Timeline({ entries, zone, seconds = false }: { entries: TimelineEntry[]; zone?: string; seconds?: boolean }) {
  return (
    <ol className="ls-timeline">
      {entries.map((entry) => (
        <li key={entry.key} data-tone={entry.tone ?? 'info'}>
          <div>
            {entry.title} <span className="ls-quiet">{(seconds ? formatDateTimeSeconds : formatDateTime)(entry.at, zone)}</span>
          </div>
          {entry.text && <div className="ls-quiet">{entry.text}</div>}
        </li>
      ))}
    </ol>
  )
}

export type Tone = 'good' | 'info' | 'warning' | 'bad' | 'neutral'

// A state is never told by colour alone: each tone has its mark.
const toneMarks: Record<Tone, string> = { good: '●', info: '◆', warning: '▲', bad: '✕', neutral: '○' }

export function StatusTag({ tone, children, hint }: { tone: Tone; children: ReactNode; hint?: string }) {
  const tag = (
    <span className={`ls-tag ls-tag-${tone}`}>
      <span aria-hidden>{toneMarks[tone]}</span> {children}
    </span>
  )
  return hint ? <Tooltip title={hint}>{tag}</Tooltip> : tag
}

const qualityTones: Record<QualityStatus | 'none', Tone> = { good: 'good', uncertain: 'warning', bad: 'bad', none: 'neutral' }

/** A sample's quality: by its code (values/quality.ts) with the reason as hint, or `null` for no data. */
export function QualityTag({ code }: { code: number | null | undefined }) {
  const t = useWords()
  const status = code === null || code === undefined ? 'none' : qualityStatus(code)
  const reason = code === null || code === undefined ? '' : t(`ui:quality.codes.${qualityName(code)}`)
  return (
    <StatusTag tone={qualityTones[status]} {...(reason ? { hint: reason } : {})}>
      {t(`ui:quality.${status}`)}
    </StatusTag>
  )
}

const liveTones: Record<LiveState, Tone> = { connecting: 'info', live: 'good', reconnecting: 'warning', stopped: 'neutral' }

export function LiveTag({ state }: { state: LiveState }) {
  const t = useWords()
  return (
    <span role="status">
      <StatusTag tone={liveTones[state]}>{t(`ui:live.${state}`)}</StatusTag>
    </span>
  )
}

/** The whole page stands in an organisation for trying out. */
export function SandboxTag() {
  const t = useWords()
  return (
    <Tooltip title={t('ui:sandboxHint')}>
      <span className="ls-tag ls-demo">{t('ui:sandbox')}</span>
    </Tooltip>
  )
}

export function OfflineTag() {
  const t = useWords()
  return (
    <Tooltip title={t('ui:offlineHint')}>
      <span className="ls-tag ls-demo" role="status">
        {t('ui:offline')}
      </span>
    </Tooltip>
  )
}

export function DemoTag() {
  const t = useWords()
  return (
    <Tooltip title={t('ui:demoHint')}>
      <span className="ls-tag ls-demo">{t('ui:demo')}</span>
    </Tooltip>
  )
}

const noticeIcons = { success: CheckCircleOutlined, info: InfoCircleOutlined, warning: WarningOutlined, error: CloseCircleOutlined }

/** A page or a part of one that has only something to say: what happened, why, and what to do now. */
export function Notice(props: { kind: keyof typeof noticeIcons; title: ReactNode; text?: ReactNode; action?: ReactNode }) {
  const Shape = noticeIcons[props.kind]
  return (
    <div className={`ls-notice ls-notice-${props.kind}`} role={props.kind === 'error' ? 'alert' : undefined}>
      <Shape aria-hidden className="ls-notice-icon" />
      <h2>{props.title}</h2>
      {props.text && <p className="ls-quiet">{props.text}</p>}
      {props.action && <div>{props.action}</div>}
    </div>
  )
}

/** 403 in words. `reason` says more than “your role lacks the permission” where the page knows more. */
export function NotAllowed({ reason, action }: { reason?: ReactNode; action?: ReactNode }) {
  const t = useWords()
  return (
    <Notice
      kind="warning"
      title={t('ui:refused.title')}
      text={reason ?? t('ui:refused.text')}
      action={
        action ?? (
          <Link to="/">
            <Button>{t('ui:refused.home')}</Button>
          </Link>
        )
      }
    />
  )
}

export function NotFoundPage() {
  const t = useWords()
  return (
    <Notice
      kind="info"
      title={t('ui:missing.title')}
      text={t('ui:missing.text')}
      action={
        <Link to="/">
          <Button>{t('ui:refused.home')}</Button>
        </Link>
      }
    />
  )
}

/** A page's or section's failure in words, with a way to try again. `module` names whose words to use for unknown codes. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useWords()
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />
  if (error instanceof ApiError && error.status === 403) return <NotAllowed reason={errorText(error, t)} />
  return <Notice kind="error" title={errorText(error, t)} action={onRetry && <Button onClick={onRetry}>{t('ui:retry')}</Button>} />
}

/** What a page shows until its query has answered, and when it failed. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown }
  children: (data: NonNullable<Data>) => ReactNode
}) {
  if (query.data !== undefined && query.data !== null) return <>{children(query.data)}</>
  if (query.error) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  return <Skeleton active paragraph={{ rows: 5 }} className="ls-skeleton" />
}

function BrokenPage({ error }: { error: unknown }) {
  const t = useWords()
  // A page of the previous version asks for a script that is no longer there; without a network, for one that was not kept.
  const missing = error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
  const missingText = navigator.onLine ? t('ui:broken.newVersion') : t('ui:broken.notKept')
  return (
    <Notice
      kind="error"
      title={t('ui:broken.title')}
      text={missing ? missingText : t('ui:broken.text', { time: formatDateTimeSeconds(nowMs()) })}
      action={
        <Button type="primary" onClick={() => location.reload()}>
          {t('ui:reload')}
        </Button>
      }
    />
  )
}

/** For the router: a page that failed to load or to show. */
export function RouteErrorPage() {
  return <BrokenPage error={useRouteError()} />
}

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    return this.state.error === undefined ? this.props.children : <BrokenPage error={this.state.error} />
  }
}
