import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatNumber, formatTimeMilliseconds } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { configurationApi, type Link } from '../configuration-contract.ts'
import type { TracedFrame } from '../frames-contract.ts'
import { useCodeText } from './reason-words.ts'

/** The last frames on a link's wire, for whoever looks for a fault. */
export function WireTrace({ link }: { link: Link }) {
  const t = useWords('gateways')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('trace')}
      </Button>
      <Drawer title={t('traceOf', { name: link.name })} open={open} onClose={() => setOpen(false)} size="large" destroyOnHidden>
        <Frames link={link} />
      </Drawer>
    </>
  )
}

function Frames({ link }: { link: Link }) {
  const t = useWords('gateways')
  const words = useCodeText()
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['gateways', 'trace', link.id],
    queryFn: ({ signal }) => call(configurationApi.trace, { params: { id: link.id }, body: {}, signal }),
    retry: false,
    gcTime: 0,
  })
  const failure = error ? errorText(error, t) : data?.outcome === 'failed' ? words(data.reason, data.details) : undefined
  const frames = data?.outcome === 'read' ? data.frames.toReversed() : []
  return (
    <>
      <p className="ls-quiet">{t('traceHint')}</p>
      <Button loading={isFetching} onClick={() => void refetch()}>
        {t('traceAgain')}
      </Button>
      {failure && <Alert type="error" showIcon title={failure} className="gw-trace-failure" />}
      {data?.outcome === 'read' && frames.length === 0 && <p className="ls-quiet">{t('traceEmpty')}</p>}
      <FrameList frames={frames} label={t('traceOf', { name: link.name })} />
    </>
  )
}

/** Frames as they went over the wire, each with its moment and its bytes in hex. */
export const FrameList = ({ frames, label }: { frames: readonly TracedFrame[]; label: string }) => (
  <ol className="gw-trace" aria-label={label}>
    {frames.map((frame, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: frames have no name, and the list is replaced as a whole
      <Frame key={i} frame={frame} />
    ))}
  </ol>
)

function Frame({ frame: { atMs, way, hex, size } }: { frame: TracedFrame }) {
  const t = useWords('gateways')
  return (
    <li className={`gw-trace-${way}`}>
      <div>
        <time>{formatTimeMilliseconds(atMs)}</time> <strong>{t(`ways.${way}`)}</strong>{' '}
        {way !== 'silence' && <span className="ls-quiet">{t('bytes', { n: formatNumber(size) })}</span>}
      </div>
      {hex && (
        <code>
          {hex.replace(/../g, '$& ').toUpperCase().trimEnd()}
          {hex.length / 2 < size && ' …'}
        </code>
      )}
    </li>
  )
}
