import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Select, Space } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page } from '#ui/page.tsx'
import { useSession } from '#ui/session.ts'
import { useStored } from '#ui/table-state.ts'
import type { DeviceSummary } from '../contract.ts'
import { labelCode } from './label-code.ts'
import { deviceName, deviceQueries, placeText, typeName } from './queries.ts'
import './devices.css'
import './labels.css'

/** In mm. */
const sizes = { '50x30': [50, 30], '70x50': [70, 50], '100x60': [100, 60] } as const
/** From this height on the place is printed too. */
const PLACE_FITS_MM = 50
type Size = keyof typeof sizes
type Paper = 'roll' | 'a4'

/** Labels to print by the browser: one a page for label printers, or many on A4. */
export function Component() {
  const t = useWords('devices')
  const [params] = useSearchParams()
  const [size, setSize] = useStored<Size>('lianshu.labels.size', '50x30')
  const [paper, setPaper] = useStored<Paper>('lianshu.labels.paper', 'roll')
  const ids = (params.get('ids') ?? '').split(',').filter(Boolean)
  const query = useQuery({ ...deviceQueries.byIds(ids), enabled: ids.length > 0 })
  const [width, height] = sizes[size] ?? sizes['50x30']
  return (
    <Page
      title={t('labels.title')}
      subtitle={t('labels.subtitle')}
      breadcrumbs={[{ label: t('menu.devices'), path: '/devices' }]}
      actions={
        <Space wrap>
          <Select<Size>
            aria-label={t('labels.size')}
            value={size}
            onChange={setSize}
            options={Object.entries(sizes).map(([value, [w, h]]) => ({ value: value as Size, label: `${w} × ${h} mm` }))}
          />
          <Select<Paper>
            aria-label={t('labels.paper')}
            value={paper}
            onChange={setPaper}
            options={(['roll', 'a4'] as const).map((value) => ({ value, label: t(`labels.papers.${value}`) }))}
          />
          <Button type="primary" icon={<PrinterOutlined aria-hidden />} disabled={!query.data} onClick={() => window.print()}>
            {t('labels.print')}
          </Button>
        </Space>
      }
    >
      {ids.length === 0 ? (
        <Notice kind="info" title={t('labels.none')} text={t('labels.noneHint')} action={<Link to="/devices">{t('menu.devices')}</Link>} />
      ) : (
        <Loaded query={query}>
          {({ items }) => (
            <>
              <p className="ls-quiet dv-labels-note">{t('labels.count', { n: items.length })}</p>
              <style>{`@page { size: ${paper === 'roll' ? `${width}mm ${height}mm` : 'A4'}; margin: ${paper === 'roll' ? 0 : '8mm'} }`}</style>
              <ul className={`dv-labels dv-labels-${paper}`}>
                {items.map((device) => (
                  <Label key={device.id} device={device} width={width} height={height} />
                ))}
              </ul>
            </>
          )}
        </Loaded>
      )}
    </Page>
  )
}

function Label({ device, width, height }: { device: DeviceSummary; width: number; height: number }) {
  const t = useWords('devices')
  const locale = useLocale()
  const { organisation } = useSession()
  const address = `${location.origin}/devices/${device.id}`
  const { size, path } = labelCode(address)
  return (
    <li className="dv-label" style={{ width: `${width}mm`, height: `${height}mm`, fontSize: `${height / 11}mm` }}>
      <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" role="img" aria-label={t('labels.code', { address })}>
        <path d={path} />
      </svg>
      <div>
        <strong>{deviceName(device, locale)}</strong>
        <span className="dv-label-code">{device.own?.code}</span>
        <span>{typeName(device, locale)}</span>
        {device.own?.place && height >= PLACE_FITS_MM && <span>{placeText(device.own.place, locale)}</span>}
        <span className="dv-label-owner">{nameIn(locale, organisation.name, organisation.nameEn)}</span>
      </div>
    </li>
  )
}
