import { CaretDownOutlined, CaretUpOutlined } from '@ant-design/icons'
import { Button, Checkbox } from 'antd'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import type { Column } from './data-table.tsx'
import { useWords } from './i18n.ts'
import { nextSort, visibleRange } from './table-state.ts'

const ROW_PX = 44
/** Below this all rows stand in the page; above it only those in the window and some on both sides. */
const WINDOW_FROM = 150

export interface ListProps<Row> {
  label: string
  rows: Row[]
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  sort: string
  defaultSort: string
  onSort: (sort: string) => void
  open: ((row: Row) => void) | undefined
  hrefOf: ((row: Row) => string | undefined) | undefined
  chosen: ReadonlyMap<string, Row> | undefined
  setChosen: (chosen: ReadonlyMap<string, Row>) => void
  more: (() => void) | undefined
  loadingMore: boolean
}

/** A click on a link, a button or a field inside a row is not a click on the row. */
const isOwnControl = (event: MouseEvent | KeyboardEvent): boolean =>
  event.target instanceof Element &&
  event.target !== event.currentTarget &&
  event.target.closest('a,button,input,label,[role="switch"]') !== null

const chooseRow = <Row,>(props: ListProps<Row>, row: Row, on: boolean) => {
  const next = new Map(props.chosen)
  if (on) next.set(props.rowKey(row), row)
  else next.delete(props.rowKey(row))
  props.setChosen(next)
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 'nextElementSibling' : event.key === 'ArrowUp' ? 'previousElementSibling' : undefined
  if (!step) return
  const row = event.currentTarget[step]
  if (row instanceof HTMLElement && row.tabIndex >= 0) {
    event.preventDefault()
    row.focus()
  }
}

function useRowWindow(count: number) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ scrollPx: 0, heightPx: 800 })
  const windowed = count > WINDOW_FROM
  const { from, until } = windowed ? visibleRange(count, ROW_PX, view.scrollPx, view.heightPx) : { from: 0, until: count }
  const onScroll = () => {
    if (windowed && box.current) setView({ scrollPx: box.current.scrollTop, heightPx: box.current.clientHeight })
  }
  return { box, from, until, onScroll, windowed }
}

export function Rows<Row>(props: ListProps<Row>) {
  const t = useWords()
  const { box, from, until, onScroll, windowed } = useRowWindow(props.rows.length)
  const span = props.columns.length + (props.chosen ? 1 : 0)
  return (
    <div className={windowed ? 'ls-rows ls-rows-windowed' : 'ls-rows'} ref={box} onScroll={onScroll} tabIndex={props.open ? undefined : 0}>
      <table aria-label={props.label} aria-rowcount={props.rows.length + 1}>
        <Head {...props} />
        <tbody>
          {from > 0 && <Spacer span={span} heightPx={from * ROW_PX} />}
          {props.rows.slice(from, until).map((row, i) => (
            <OneRow key={props.rowKey(row)} {...props} row={row} index={from + i} />
          ))}
          {until < props.rows.length && <Spacer span={span} heightPx={(props.rows.length - until) * ROW_PX} />}
        </tbody>
      </table>
      <More more={props.more} loading={props.loadingMore} />
      {props.open && <p className="ls-sr">{t('ui:table.rowHint')}</p>}
    </div>
  )
}

const Spacer = ({ span, heightPx }: { span: number; heightPx: number }) => (
  <tr aria-hidden style={{ height: heightPx }}>
    <td colSpan={span} />
  </tr>
)

function OneRow<Row>(props: ListProps<Row> & { row: Row; index: number }) {
  const t = useWords()
  const { row, open } = props
  const href = props.hrefOf?.(row)
  const canOpen = open && (props.hrefOf ? href : true)
  return (
    <tr
      aria-rowindex={props.index + 2}
      className={canOpen ? 'ls-row-open' : undefined}
      tabIndex={canOpen ? 0 : undefined}
      onClick={(event) => {
        if (canOpen && !isOwnControl(event) && !getSelection()?.toString()) open(row)
      }}
      onKeyDown={(event) => {
        if (canOpen && event.key === 'Enter' && !isOwnControl(event)) open(row)
        else moveFocus(event)
      }}
    >
      {props.chosen && (
        <td className="ls-cell-choose">
          <Checkbox
            aria-label={t('ui:table.open')}
            checked={props.chosen.has(props.rowKey(row))}
            onChange={(event) => chooseRow(props, row, event.target.checked)}
          />
        </td>
      )}
      {props.columns.map((column, i) => (
        <td key={column.key} className={cellClass(column)} title={titleOf(column, row)}>
          {i === 0 && href ? <Link to={href}>{column.render(row)}</Link> : column.render(row)}
        </td>
      ))}
    </tr>
  )
}

const cellClass = <Row,>(column: Column<Row>) =>
  [column.align === 'right' ? 'ls-cell-right' : '', column.actions ? 'ls-cell-actions' : ''].join(' ').trim() || undefined

const titleOf = <Row,>(column: Column<Row>, row: Row): string | undefined => {
  const text = column.text?.(row)
  return typeof text === 'string' && text.length > 12 ? text : undefined
}

function Head<Row>(props: ListProps<Row>) {
  const t = useWords()
  const all = props.chosen !== undefined && props.rows.length > 0 && props.rows.every((row) => props.chosen?.has(props.rowKey(row)))
  return (
    <thead>
      <tr aria-rowindex={1}>
        {props.chosen && (
          <th className="ls-cell-choose" scope="col">
            <Checkbox
              aria-label={t('ui:all')}
              checked={all}
              indeterminate={!all && props.chosen.size > 0}
              onChange={(event) =>
                props.setChosen(event.target.checked ? new Map(props.rows.map((row) => [props.rowKey(row), row])) : new Map())
              }
            />
          </th>
        )}
        {props.columns.map((column) => (
          <HeadCell key={column.key} column={column} sort={props.sort} defaultSort={props.defaultSort} onSort={props.onSort} />
        ))}
      </tr>
    </thead>
  )
}

function HeadCell<Row>(props: { column: Column<Row>; sort: string; defaultSort: string; onSort: (sort: string) => void }) {
  const t = useWords()
  const { column } = props
  const style = column.width ? { width: column.width } : undefined
  const sort = column.sort
  if (!sort)
    return (
      <th scope="col" style={style} className={cellClass(column)}>
        {column.actions ? <span className="ls-sr">{t('ui:table.actions')}</span> : column.title}
      </th>
    )
  const direction = props.sort === sort ? 'ascending' : props.sort === `-${sort}` ? 'descending' : 'none'
  return (
    <th scope="col" style={style} aria-sort={direction} className={cellClass(column)}>
      <button
        type="button"
        className="ls-sort"
        title={t('ui:table.sortBy', { column: column.title })}
        onClick={() => props.onSort(nextSort(props.sort, sort, props.defaultSort))}
      >
        {column.title}
        <span className="ls-sort-marks" aria-hidden>
          <CaretUpOutlined className={direction === 'ascending' ? 'on' : ''} />
          <CaretDownOutlined className={direction === 'descending' ? 'on' : ''} />
        </span>
      </button>
    </th>
  )
}

/** A phone's form of the list: one card a row, label and value in two columns. */
export function Cards<Row>(props: ListProps<Row>) {
  const main = props.columns.find((c) => c.primary) ?? props.columns[0]
  return (
    <>
      <ul className="ls-cards" aria-label={props.label}>
        {props.rows.map((row) => (
          <li key={props.rowKey(row)}>
            <Card {...props} row={row} main={main} />
          </li>
        ))}
      </ul>
      <More more={props.more} loading={props.loadingMore} />
    </>
  )
}

function Card<Row>(props: ListProps<Row> & { row: Row; main: Column<Row> | undefined }) {
  const { row, main, open } = props
  const href = props.hrefOf?.(row)
  const title = main?.render(row)
  return (
    <div className="ls-card">
      <div className="ls-card-title">
        {href ? (
          <Link to={href}>{title}</Link>
        ) : open && !props.hrefOf ? (
          <button type="button" className="ls-link" onClick={() => open(row)}>
            {title}
          </button>
        ) : (
          title
        )}
      </div>
      <dl>
        {props.columns
          .filter((column) => column !== main)
          .map((column) => (
            <div key={column.key} className={column.actions ? 'ls-card-actions' : undefined}>
              <dt>{column.actions ? '' : column.title}</dt>
              <dd>{column.render(row)}</dd>
            </div>
          ))}
      </dl>
    </div>
  )
}

/** Loads the next page when it comes into sight; the button is there for the keyboard and for old browsers. */
function More({ more, loading }: { more: (() => void) | undefined; loading: boolean }) {
  const t = useWords()
  const sentinel = useRef<HTMLDivElement>(null)
  const load = useRef(more)
  load.current = loading ? undefined : more
  const active = more !== undefined
  useEffect(() => {
    const element = sentinel.current
    if (!active || !element) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) load.current?.()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [active])
  if (!more) return null
  return (
    <div ref={sentinel} className="ls-more">
      <Button type="text" loading={loading} onClick={more}>
        {loading ? t('ui:table.loadingMore') : t('ui:table.more')}
      </Button>
    </div>
  )
}
