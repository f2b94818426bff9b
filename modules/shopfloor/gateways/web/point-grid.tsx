import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ClipboardEvent, type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react'
import { formatValue } from '#ui/format.ts'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { QualityTag } from '#ui/page.tsx'
import { quality } from '#values/quality.ts'
import type { TestSample } from '../contract.ts'
import type { RowProblem } from '../point-rows.ts'
import { useCodeText } from './reason-words.ts'
import type { DraftRow, GridColumn } from './table-draft.ts'

const ROW_PX = 40
const SPARE_ROWS = 8
const VISIBLE_PX = 480

export const columnTitle = (column: GridColumn, locale: PageLocale, t: Words): string =>
  column.words ? column.words[locale === 'en-US' ? 'en' : 'zh'] : t(`columns.${column.key}`)

export interface PointGridProps {
  /** Scrolled to when it changes; a new object each time it is asked for. */
  shown?: { row: number } | undefined
  columns: readonly GridColumn[]
  drafts: readonly DraftRow[]
  problems: readonly RowProblem[]
  /** Names that a row may have, for the list of the name's cell. */
  names: readonly { name: string; label: string }[]
  /** By name, once something was read. */
  samples?: ReadonlyMap<string, TestSample> | undefined
  onChange?: ((row: number, key: string, value: string) => void) | undefined
  onPaste?: ((at: { row: number; column: number }, text: string) => void) | undefined
  onRemove?: ((row: number) => void) | undefined
}

/** A point table as a sheet: only the rows that can be seen are in the page. */
export function PointGrid(props: PointGridProps) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const [top, setTop] = useState(0)
  const { columns, drafts, shown } = props
  const grid = useRef<HTMLElement>(null)
  useEffect(() => {
    if (shown) grid.current?.scrollTo({ top: Math.max(0, (shown.row - 2) * ROW_PX), left: 0 })
  }, [shown])
  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS)
  const last = Math.min(drafts.length, Math.ceil((top + VISIBLE_PX) / ROW_PX) + SPARE_ROWS)
  const problemsOf = new Map<number, RowProblem[]>()
  for (const problem of props.problems) problemsOf.set(problem.row, [...(problemsOf.get(problem.row) ?? []), problem])
  const title = (column: GridColumn) => columnTitle(column, locale, t)
  const [name, ...others] = columns
  const told = props.problems.length > 0
  const template = [
    '44px',
    `${name?.width ?? 0}px`,
    ...(told ? ['280px'] : []),
    ...(props.samples ? ['100px', '120px', '220px'] : []),
    ...others.map((column) => `${column.width}px`),
    ...(props.onRemove ? ['44px'] : []),
  ].join(' ')
  return (
    <section
      ref={grid}
      className="gw-grid"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('rows_title')}
      style={{ maxHeight: VISIBLE_PX, '--gw-grid': template } as CSSProperties}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot leave out the rows that are not seen */}
      <div role="table" aria-rowcount={drafts.length + 1} style={{ height: (drafts.length + 1) * ROW_PX }}>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a head is no stop of its own */}
        <div role="row" className="gw-grid-head">
          <HeadCell>#</HeadCell>
          {name && <HeadCell>{title(name)}</HeadCell>}
          {told && <HeadCell>{t('problems')}</HeadCell>}
          {props.samples && (
            <>
              <HeadCell>{t('raw')}</HeadCell>
              <HeadCell>{t('value')}</HeadCell>
              <HeadCell>{t('quality')}</HeadCell>
            </>
          )}
          {others.map((column) => (
            <HeadCell key={column.key}>{title(column)}</HeadCell>
          ))}
          {props.onRemove && <HeadCell label={t('ui:table.actions')} />}
        </div>
        {drafts.slice(first, last).map((draft, i) => {
          const row = first + i
          const problems = problemsOf.get(row) ?? []
          return (
            <GridRow
              key={row}
              {...props}
              draft={draft}
              row={row}
              problems={problems}
              titleOf={title}
              told={told}
              text={problems.map((problem) => words(problem.code, problem.details)).join(' ')}
            />
          )
        })}
      </div>
    </section>
  )
}

function HeadCell({ label, children }: { label?: string; children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    // biome-ignore lint/a11y/useFocusableInteractive: a head is no stop of its own
    <span role="columnheader" aria-label={label}>
      {children}
    </span>
  )
}

function GridCell({ className, title, children }: { className?: string; title?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <span role="cell" className={className} title={title}>
      {children}
    </span>
  )
}

function GridRow(
  props: PointGridProps & {
    draft: DraftRow
    row: number
    problems: readonly RowProblem[]
    titleOf: (column: GridColumn) => string
    text: string
    told: boolean
  },
) {
  const t = useWords('gateways')
  const { draft, row, columns } = props
  const wrong = new Set(props.problems.map((problem) => problem.field))
  const cells = columns.map((column, index) => (
    <GridCell key={column.key}>
      <Cell
        column={column}
        value={draft[column.key] ?? ''}
        label={`${props.titleOf(column)} ${row + 1}`}
        wrong={wrong.has(column.key)}
        names={column.key === 'name' ? props.names : undefined}
        onChange={props.onChange && ((value) => props.onChange?.(row, column.key, value))}
        onPaste={(event) => {
          const text = event.clipboardData.getData('text/plain')
          if (!props.onPaste || !/[\t\n]/.test(text.trimEnd())) return
          event.preventDefault()
          props.onPaste({ row, column: index }, text)
        }}
      />
    </GridCell>
  ))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave out the rows that are not seen
    // biome-ignore lint/a11y/useFocusableInteractive: its cells are
    <div role="row" className="gw-grid-row" style={{ top: (row + 1) * ROW_PX }} aria-rowindex={row + 2}>
      <GridCell className="ls-quiet">{row + 1}</GridCell>
      {cells[0]}
      {props.told && (
        <GridCell className="gw-reason" title={props.text}>
          {props.text}
        </GridCell>
      )}
      {props.samples && <SampleCells sample={props.samples.get(draft.name ?? '')} />}
      {cells.slice(1)}
      {props.onRemove && (
        <GridCell>
          <Button
            type="text"
            size="small"
            aria-label={t('removeRow', { n: row + 1 })}
            icon={<CloseOutlined aria-hidden />}
            onClick={() => props.onRemove?.(row)}
          />
        </GridCell>
      )}
    </div>
  )
}

function Cell(props: {
  column: GridColumn
  value: string
  label: string
  wrong: boolean
  names: readonly { name: string; label: string }[] | undefined
  onChange: ((value: string) => void) | undefined
  onPaste: (event: ClipboardEvent) => void
}) {
  const english = useLocale() === 'en-US'
  const { column, value } = props
  const choices = column.choices
  const common = {
    'aria-label': props.label,
    'aria-invalid': props.wrong,
    className: 'gw-cell',
    disabled: !props.onChange,
    onPaste: props.onPaste,
  }
  if (choices) {
    const known = choices.some((choice) => choice.value === value)
    return (
      <select {...common} value={value} onChange={(e) => props.onChange?.(e.target.value)}>
        {!known && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {english ? choice.en : choice.zh}
          </option>
        ))}
      </select>
    )
  }
  const label = props.names?.find((one) => one.name === value)?.label
  if (!props.onChange && props.names) return <span title={value}>{label ?? value}</span>
  return (
    <input
      {...common}
      value={value}
      title={label}
      inputMode={column.kind === 'number' ? 'decimal' : undefined}
      list={props.names ? 'gw-names' : undefined}
      spellCheck={false}
      onChange={(e) => props.onChange?.(e.target.value)}
    />
  )
}

function SampleCells({ sample }: { sample: TestSample | undefined }) {
  const words = useCodeText()
  if (!sample)
    return (
      <>
        <GridCell>—</GridCell>
        <GridCell>—</GridCell>
        <GridCell>—</GridCell>
      </>
    )
  const reason = sample.reason ? words(sample.reason) : ''
  return (
    <>
      <GridCell>{formatValue(sample.raw)}</GridCell>
      <GridCell>
        <strong>{formatValue(sample.value)}</strong>
      </GridCell>
      <GridCell className="gw-quality" title={reason}>
        <QualityTag code={quality[sample.quality]} /> {reason}
      </GridCell>
    </>
  )
}
