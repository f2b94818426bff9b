import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditModal, schemaRule } from '#ui/form.tsx'
import { formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Barcode, type LabelFormat, labelApi, PackCodes } from '../label-contract.ts'
import { BarcodeForm } from './barcode-form.tsx'
import { LabelFormatForm } from './label-format-form.tsx'
import { logisticsQueries } from './queries.ts'

/** Number range of packing units, suppliers' own barcodes, labels that we want from suppliers. */
export function Component() {
  const t = useWords('logistics')
  return (
    <Page title={t('menu.setup')} subtitle={t('setup.subtitle')}>
      <PackCodesSection />
      <Barcodes />
      <LabelFormats />
    </Page>
  )
}

function PackCodesSection() {
  const t = useWords('logistics')
  const query = useQuery(logisticsQueries.packCodes)
  const client = useQueryClient()
  const canManage = useCan('logistics.manage')
  const [open, setOpen] = useState(false)
  return (
    <Section title={t('setup.codes')} extra={canManage && <Button onClick={() => setOpen(true)}>{t('setup.changePrefix')}</Button>}>
      <Loaded query={query}>
        {(codes) => (
          <>
            <DetailGrid
              items={[
                { label: t('setup.prefix'), value: codes.gs1Prefix ?? t('setup.noPrefix') },
                { label: t('setup.used'), value: formatNumber(codes.used) },
              ]}
            />
            <EditModal<{ gs1Prefix?: string }>
              open={open}
              title={t('setup.changePrefix')}
              initialValues={codes.gs1Prefix === null ? {} : { gs1Prefix: codes.gs1Prefix }}
              onClose={() => setOpen(false)}
              onReload={() => void query.refetch()}
              fieldOfCode={{ 'logistics.prefixInUse': 'gs1Prefix' }}
              onSubmit={async ({ gs1Prefix }) => {
                await call(labelApi.setPackCodes, { body: { gs1Prefix: gs1Prefix?.trim() || null, version: codes.version } })
                await client.invalidateQueries({ queryKey: ['logistics', 'packCodes'] })
              }}
            >
              <p className="ls-quiet">{t('setup.prefixHint')}</p>
              <Form.Item
                name="gs1Prefix"
                label={t('setup.prefix')}
                rules={[schemaRule(PackCodes.shape.gs1Prefix, t, t('setup.prefixRule'))]}
              >
                <Input placeholder="6901234" inputMode="numeric" />
              </Form.Item>
            </EditModal>
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Barcodes() {
  const t = useWords('logistics')
  const locale = useLocale()
  const canManage = useCan('logistics.manage')
  const [editing, setEditing] = useState<Barcode | 'new'>()
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('setup.addBarcode')}
    </Button>
  )
  const supplier = (b: Barcode) => nameIn(locale, b.supplier.name, b.supplier.nameEn)
  const columns: Column<Barcode>[] = [
    { key: 'supplier', title: t('supplier'), sort: 'supplier', render: supplier, text: supplier },
    { key: 'name', title: t('setup.name'), sort: 'name', render: (b) => b.name, text: (b) => b.name, primary: true },
    { key: 'template', title: t('setup.template'), render: (b) => <code>{b.template}</code>, text: (b) => b.template },
    { key: 'sample', title: t('setup.sample'), render: (b) => b.sample || '—', text: (b) => b.sample },
  ]
  return (
    <Section title={t('setup.barcodes')} extra={<span className="ls-quiet">{t('setup.barcodesHint')}</span>} flush>
      <DataTable<Barcode>
        name="logistics-barcodes"
        prefix="b_"
        label={t('setup.barcodes')}
        columns={columns}
        rowKey={(b) => b.id}
        queryKey={['logistics', 'barcodes']}
        pageQuery={async (query, signal) =>
          localPage((await call(labelApi.barcodes, { signal })).barcodes, query, {
            text: (b) => `${supplier(b)} ${b.name} ${b.template}`,
            sorts: { supplier, name: (b) => b.name },
          })
        }
        defaultSort="supplier"
        {...(canManage ? { onOpen: setEditing } : {})}
        actions={add}
        empty={{ text: t('setup.noBarcodes') }}
      />
      <BarcodeForm barcode={editing} onClose={() => setEditing(undefined)} />
    </Section>
  )
}

function LabelFormats() {
  const t = useWords('logistics')
  const locale = useLocale()
  const canManage = useCan('logistics.manage')
  const [editing, setEditing] = useState<LabelFormat | 'new'>()
  const supplier = (f: LabelFormat) => nameIn(locale, f.supplier.name, f.supplier.nameEn)
  const columns: Column<LabelFormat>[] = [
    { key: 'supplier', title: t('supplier'), sort: 'supplier', render: supplier, text: supplier },
    { key: 'name', title: t('setup.name'), sort: 'name', render: (f) => f.name, text: (f) => f.name, primary: true },
    { key: 'language', title: t('setup.language'), render: (f) => f.language.toUpperCase(), text: (f) => f.language },
  ]
  return (
    <Section title={t('setup.formats')} extra={<span className="ls-quiet">{t('setup.formatsHint')}</span>} flush>
      <DataTable<LabelFormat>
        name="logistics-formats"
        prefix="f_"
        label={t('setup.formats')}
        columns={columns}
        rowKey={(f) => f.id}
        queryKey={['logistics', 'labelFormats']}
        pageQuery={async (query, signal) =>
          localPage((await call(labelApi.labelFormats, { query: { side: 'buyer' }, signal })).formats, query, {
            text: (f) => `${supplier(f)} ${f.name}`,
            sorts: { supplier, name: (f) => f.name },
          })
        }
        defaultSort="supplier"
        {...(canManage ? { onOpen: setEditing } : {})}
        actions={
          canManage && (
            <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
              {t('setup.addFormat')}
            </Button>
          )
        }
        empty={{ text: t('setup.noFormats') }}
      />
      <LabelFormatForm format={editing} onClose={() => setEditing(undefined)} />
    </Section>
  )
}
