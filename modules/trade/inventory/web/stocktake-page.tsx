import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { call, download, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { readDecimal } from '#values/decimal.ts'
import { type Stocktake, type StocktakeId, type StocktakeLine, stocktakeApi } from '../stocktake-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'
import { StockItemSelect } from './stock-item-select.tsx'
import { stateTones } from './stocktakes-page.tsx'
import './inventory.css'

type Sheet = Stocktake & { rows: StocktakeLine[]; mayApprove: boolean }

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(inventoryQueries.stocktake(id))
  return <Loaded query={query}>{(sheet) => <SheetPage sheet={sheet} />}</Loaded>
}

function SheetPage({ sheet }: { sheet: Sheet }) {
  const t = useWords('inventory')
  const canMove = useCan('inventory.move')
  const [adding, setAdding] = useState(false)
  const [onlyOpen, setOnlyOpen] = useState(false)
  const counting = sheet.state === 'counting' && canMove
  const rows = onlyOpen ? sheet.rows.filter((row) => row.counted === null) : sheet.rows
  return (
    <Page
      title={sheet.number}
      subtitle={placeName(sheet.location, t)}
      tags={<StatusTag tone={stateTones[sheet.state]}>{t(`count.states.${sheet.state}`)}</StatusTag>}
      breadcrumbs={[{ label: t('menu.stocktakes'), path: '/inventory/stocktakes' }]}
      actions={<Actions sheet={sheet} />}
    >
      {sheet.state === 'submitted' && !sheet.mayApprove && <Alert type="info" showIcon title={t('count.waits')} />}
      <Section>
        <DetailGrid
          columns={4}
          items={[
            { label: t('count.progress'), value: `${sheet.counted} / ${sheet.lines}` },
            { label: t('count.different'), value: sheet.different },
            { label: t('count.createdBy'), value: `${formatText(sheet.createdBy)} ${formatDateTime(sheet.createdAt)}` },
            { label: t('count.submittedBy'), value: sheet.submittedBy },
            sheet.decidedAt !== null && {
              label: t('count.decidedBy'),
              value: `${formatText(sheet.decidedBy)} ${formatDateTime(sheet.decidedAt)}`,
            },
          ]}
        />
      </Section>
      <Section
        title={t('count.sheet')}
        flush
        extra={
          <>
            <Button type="text" aria-pressed={onlyOpen} onClick={() => setOnlyOpen(!onlyOpen)}>
              {t(onlyOpen ? 'count.showAll' : 'count.showOpen')}
            </Button>
            {counting && <Button onClick={() => setAdding(true)}>{t('count.add')}</Button>}
          </>
        }
      >
        {rows.length === 0 && <p className="iv-sums ls-quiet">{t(sheet.rows.length === 0 ? 'count.nothingThere' : 'count.allCounted')}</p>}
        {rows.map((row) => (
          <CountRow key={row.id} sheetId={sheet.id} row={row} counting={counting} />
        ))}
      </Section>
      {sheet.state === 'posted' && <Panels slot="inventory.vouchers" props={{ sourceId: sheet.id }} />}
      <Panels slot="document" props={{ entity: 'inventory.stocktake', recordId: sheet.id }} />
      <AddFound sheetId={sheet.id} open={adding} onClose={() => setAdding(false)} />
    </Page>
  )
}

/** One line of the sheet: big enough for a thumb; saved when the field is left. */
function CountRow({ sheetId, row, counting }: { sheetId: StocktakeId; row: StocktakeLine; counting: boolean }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const client = useQueryClient()
  const [typed, setTyped] = useState(row.counted ?? '')
  const [failure, setFailure] = useState<unknown>()
  const value = readDecimal(typed)
  const bad = typed !== '' && (value === undefined || value < 0n)
  const save = async () => {
    if (typed === '' || bad || typed === row.counted) return
    setFailure(undefined)
    try {
      await call(stocktakeApi.countLine, { params: { id: sheetId, lineId: row.id }, body: { counted: typed } })
      await client.invalidateQueries({ queryKey: ['inventory', 'stocktake', sheetId] })
    } catch (error) {
      setFailure(error)
    }
  }
  const differs = row.difference !== null && row.difference !== '0'
  return (
    <div className="iv-count">
      <div>
        <strong>{row.name}</strong> <span className="ls-quiet">{row.code}</span>
        <div className="ls-quiet">
          {[row.specification, row.lot && `${t('lot')} ${row.lot}`, row.serial && `${t('serial')} ${row.serial}`, row.owner]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {failure !== undefined && <span role="alert">{errorText(failure, t)}</span>}
        {bad && <span role="alert">{t('count.badNumber')}</span>}
      </div>
      {counting ? (
        <Input
          size="large"
          inputMode="decimal"
          aria-label={t('count.countedOf', { name: row.name })}
          status={bad || failure !== undefined ? 'error' : ''}
          value={typed}
          onChange={(event) => setTyped(event.target.value.trim())}
          onBlur={() => void save()}
          onPressEnter={() => void save()}
        />
      ) : (
        <span>{quantityText(row.counted, row.unit, locale)}</span>
      )}
      {row.difference === null ? (
        <span className="ls-quiet">{t('count.open')}</span>
      ) : (
        <StatusTag tone={differs ? 'warning' : 'good'} hint={t('count.expectedWas', { n: row.expected ?? '' })}>
          {differs ? `${row.difference.startsWith('-') ? '' : '+'}${row.difference}` : t('count.same')}
        </StatusTag>
      )}
    </div>
  )
}

function AddFound({ sheetId, open, onClose }: { sheetId: StocktakeId; open: boolean; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  return (
    <EditModal<{ material: { id: never; name: string; unit: string }; lot?: string; serial?: string; counted: string }>
      open={open}
      title={t('count.add')}
      fieldOfCode={{ 'inventory.lotNeeded': 'lot', 'inventory.serialNeeded': 'serial', 'inventory.serialNotKept': 'serial' }}
      onClose={onClose}
      onSubmit={async ({ material, lot, serial, counted }) => {
        await call(stocktakeApi.addLine, {
          params: { id: sheetId },
          body: { materialId: material.id, lot: lot || null, serial: serial || null, counted },
        })
        await client.invalidateQueries({ queryKey: ['inventory', 'stocktake', sheetId] })
      }}
    >
      <Form.Item name="material" label={t('material')} rules={[{ required: true }]}>
        <StockItemSelect all value={undefined} onChange={() => undefined} />
      </Form.Item>
      <Form.Item name="lot" label={t('lot')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="serial" label={t('serial')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="counted" label={t('count.counted')} rules={[{ required: true }]}>
        <Input inputMode="decimal" />
      </Form.Item>
    </EditModal>
  )
}

function Actions({ sheet }: { sheet: Sheet }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const canMove = useCan('inventory.move')
  const left = sheet.lines - sheet.counted
  const act = async (work: () => Promise<unknown>, question?: string) => {
    if (question && !(await modal.confirm({ title: question }))) return
    try {
      await work()
      void message.success(t('count.done'))
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: ['inventory'] })
  }
  const params = { id: sheet.id }
  const body = { version: sheet.version }
  const print = () => download(stocktakeApi.printStocktake, { params }).catch((error: unknown) => message.error(errorText(error, t)))
  return (
    <>
      <Button onClick={() => void print()}>{t('print.print')}</Button>
      {canMove && (sheet.state === 'counting' || sheet.state === 'submitted') && (
        <Button onClick={() => void act(() => call(stocktakeApi.cancelStocktake, { params, body }), t('count.cancelSure'))}>
          {t('count.cancel')}
        </Button>
      )}
      {canMove && sheet.state === 'counting' && (
        <Button
          type="primary"
          disabled={left > 0}
          title={left > 0 ? t('errors.notAllCounted', { n: left }) : undefined}
          onClick={() => void act(() => call(stocktakeApi.submitStocktake, { params, body }))}
        >
          {t('count.submit')}
        </Button>
      )}
      {sheet.mayApprove && (
        <>
          <Button onClick={() => void act(() => call(stocktakeApi.decideStocktake, { params, body: { ...body, approve: false } }))}>
            {t('count.sendBack')}
          </Button>
          <Button
            type="primary"
            onClick={() =>
              void act(
                () => call(stocktakeApi.decideStocktake, { params, body: { ...body, approve: true } }),
                t('count.approveSure', { n: sheet.different }),
              )
            }
          >
            {t('count.approve')}
          </Button>
        </>
      )}
    </>
  )
}
