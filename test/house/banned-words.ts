/** Words and phrases that no page of documentation uses, and what to write instead. */
export interface BannedWord {
  /** The forms that are banned, each as it may appear in a sentence. */
  readonly forms: readonly string[]
  readonly instead: string
}

/** Words that no identifier has, as a whole or as a part (`toldElsewhere`), and what to write instead. */
export const bannedInIdentifiers: readonly BannedWord[] = [
  { forms: ['mend', 'mends', 'mended'], instead: 'repair, fix or hint' },
  { forms: ['told'], instead: 'what it is: reported, described, messages' },
  { forms: ['deed', 'deeds'], instead: 'act, or action' },
  { forms: ['hoard', 'hoards'], instead: 'hold, or cache' },
  { forms: ['anew', 'afresh'], instead: 'again, or new' },
  { forms: ['beside'], instead: 'next to, or what is there' },
  { forms: ['he', 'his', 'him', 'she', 'her', 'hers'], instead: 'the role' },
  { forms: ['nobody', 'somebody', 'everybody', 'whoever'], instead: 'none, or the role' },
  { forms: ['stands', 'stood', 'lies', 'lain'], instead: 'is, or the state' },
  { forms: ['surely', 'cease', 'ceases', 'ceased'], instead: 'what the field says' },
]

/** The same in the sources of the program; the tests also know laws of nature and of large numbers. */
export const bannedInSources: readonly BannedWord[] = [{ forms: ['law', 'laws'], instead: 'distribution' }]

export const bannedWords: readonly BannedWord[] = [
  { forms: ['mend', 'mends', 'mended', 'mending'], instead: 'fix, or hint' },
  { forms: ['told', 'tell of', 'tells of'], instead: 'reported, notified or described' },
  { forms: ['go on', 'goes on', 'going on', 'went on'], instead: 'continue, or resume' },
  { forms: ['broken off', 'break off', 'breaks off', 'broke off'], instead: 'interrupted' },
  { forms: ['come along', 'comes along', 'came along'], instead: 'bundled' },
  { forms: ['anew', 'afresh'], instead: 'again' },
  { forms: ['all chance', 'of chance', 'same chance'], instead: 'random numbers' },
  { forms: ['surely', 'for sure'], instead: 'with 95 % confidence, or nothing' },
  { forms: ['beside'], instead: 'next to, or compared with' },
  { forms: ['he', 'his', 'him', 'himself', 'she', 'her', 'hers', 'herself'], instead: 'the role, or they' },
  { forms: ['nobody', 'somebody', 'everybody', 'whoever'], instead: 'the role: no buyer, a seller, every user' },
  {
    forms: ['give back', 'gives back', 'gave back', 'given back', 'giving back'],
    instead: 'refund for money, release for units, return for results',
  },
  { forms: ['work out', 'works out', 'worked out', 'working out'], instead: 'compute' },
  { forms: ['at once'], instead: 'immediately, or at the same time' },
  { forms: ['lie', 'lies', 'lay', 'lain'], instead: 'is' },
  { forms: ['stand', 'stands', 'stood'], instead: 'is, or is listed' },
  { forms: ['came to owe', 'come to owe', 'owe nothing', 'owing nothing'], instead: 'cleared their debt' },
  { forms: ['come to nothing', 'comes to nothing', 'came to nothing'], instead: 'is discarded, or fails' },
  { forms: ['sum up', 'sums up', 'summed up'], instead: 'add up' },
  { forms: ['dealt to'], instead: 'assigned to' },
  { forms: ['brought to', 'brought down'], instead: 'rounded to' },
  { forms: ['cease', 'ceases', 'ceased'], instead: 'stop, or no longer' },
  { forms: ['for ever'], instead: 'forever' },
  { forms: ['fault', 'faults', 'faulty'], instead: 'error' },
  { forms: ['quiet machine', 'quiet cores'], instead: 'idle machine' },
  { forms: ['be it'], instead: 'whether' },
  { forms: ['is no whole', 'is no number', 'is no share', 'is no name', 'is no float'], instead: 'is not a' },
]
