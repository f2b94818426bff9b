import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Segmented, Select, Space } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { call, download, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page } from '#ui/page.tsx'
import { saveFile } from '#ui/save-file.ts'
import type { Shipment } from '../contract.ts'
import { type LabelCode, LabelSize, labelApi } from '../label-contract.ts'
import { matrixPicture, qrPicture, ssccBars } from '../labels/label-picture.ts'
import type { LabelValues } from '../labels/label-text.ts'
import { packLabel } from '../labels/pack-label.ts'
import { logisticsQueries } from './queries.ts'
import { numberText } from './shipment-words.tsx'
import './logistics.css'

/** Labels of all packing units: printed by the browser, or as a file for the label printer. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(logisticsQueries.shipment(id))
  return <Loaded query={query}>{(shipment) => <LabelsPage shipment={shipment} />}</Loaded>
}

function LabelsPage({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const [code, setCode] = useState<LabelCode>('qr')
  return (
    <Page
      title={t('labelsOf', { number: numberText(shipment, t) })}
      subtitle={t('labelsHint')}
      breadcrumbs={[
        { label: t('menu.list'), path: `/logistics?side=${shipment.side}` },
        { label: numberText(shipment, t), path: `/logistics/${shipment.id}` },
      ]}
      actions={
        <Space wrap>
          <Segmented<LabelCode>
            aria-label={t('squareCode')}
            value={code}
            onChange={setCode}
            options={[
              { value: 'qr', label: 'QR' },
              { value: 'matrix', label: 'Data Matrix' },
            ]}
          />
          <PrinterFile shipment={shipment} code={code} />
          <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
            {t('printLabels')}
          </Button>
        </Space>
      }
    >
      {shipment.number === null || shipment.packs.length === 0 ? (
        <Notice kind="info" title={t('noLabels')} />
      ) : (
        <>
          <style>{'@page { size: 100mm 150mm; margin: 0 }'}</style>
          <ul className="lg-labels">
            {shipment.packs.map((pack) => (
              <Label key={pack.id} label={packLabel(shipment, pack)} code={code} kind={t(`packKinds.${pack.kind}`)} />
            ))}
          </ul>
        </>
      )}
    </Page>
  )
}

/** Drawn as a picture of its own: nothing of it can be more than a picture. */
const picture = (svg: string) => `data:image/svg+xml,${encodeURIComponent(svg)}`

function Label({ label, code, kind }: { label: LabelValues; code: LabelCode; kind: string }) {
  const t = useWords('logistics')
  return (
    <li className="lg-label">
      <div>{label.supplier}</div>
      <div>
        → <strong>{label.buyer}</strong> {label.deliverTo}
      </div>
      <hr />
      <div className="lg-label-big">{label.material || t('mixed')}</div>
      <div>{label.materialName}</div>
      <div className="lg-label-mid">
        <div>
          <div className="lg-label-quantity">
            {label.quantity} {label.unit}
          </div>
          {label.lot && <div>{`${t('lot')} ${label.lot}`}</div>}
          {label.serial && <div>{`SN ${label.serial}`}</div>}
          {label.productionDay && <div>{`${t('producedOn')} ${label.productionDay}`}</div>}
          {label.expires && <div>{`${t('expiresOn')} ${label.expires}`}</div>}
          <div>{label.order}</div>
          <div>{`${label.shipment} · ${kind} ${label.position}`}</div>
        </div>
        <img src={picture(code === 'qr' ? qrPicture(label.qr) : matrixPicture(label.qr))} alt={label.qr} />
      </div>
      <div className="lg-label-bars">
        <img src={picture(ssccBars(label.sscc))} alt={`(00) ${label.sscc}`} />
        <div>(00) {label.sscc}</div>
      </div>
    </li>
  )
}

function PrinterFile({ shipment, code }: { shipment: Shipment; code: LabelCode }) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const formats = useQuery({ ...logisticsQueries.formatsForUs, enabled: shipment.side === 'supplier' })
  const [choice, setChoice] = useState('pdf a4')
  const own = (formats.data?.formats ?? []).filter((format) => format.buyer.orgId === shipment.buyer.orgId)
  const options = [
    { value: 'zpl', label: t('standardZpl') },
    { value: 'tspl', label: t('standardTspl') },
    ...LabelSize.options.map((size) => ({ value: `pdf ${size}`, label: t(`labelSizes.${size}`) })),
    ...own.map((format) => ({ value: format.id as string, label: `${format.buyer.name} · ${format.name}` })),
  ]
  const save = async () => {
    const standard = choice === 'zpl' || choice === 'tspl'
    try {
      if (choice.startsWith('pdf '))
        return await download(labelApi.labelSheet, { params: { id: shipment.id }, query: { size: choice.slice(4) as LabelSize, code } })
      const { fileName, text } = await call(labelApi.printLabels, {
        params: { id: shipment.id },
        body: { formatId: standard ? null : (choice as never), language: choice === 'tspl' ? 'tspl' : 'zpl', code },
      })
      saveFile(fileName, new Blob([text], { type: 'text/plain;charset=utf-8' }))
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  return (
    <Space.Compact>
      <Select aria-label={t('labelFormat')} value={choice} onChange={setChoice} options={options} style={{ minWidth: 180 }} />
      <Button onClick={() => void save()}>{t('printerFile')}</Button>
    </Space.Compact>
  )
}
