import type { Words } from './stage.ts';

/** Words such as people write, for pages that are looked at. */
export const articles: readonly (Omit<Words, 'draftText'> & { readonly draftText: string })[] = [
  {
    title: 'How rivers find the sea',
    description: 'Water has no map, and still it always gets there. A walk from a spring to the estuary.',
    tags: ['NATURE', 'WALKING', 'WATER'],
    draftText: `A river does not look for the sea. It looks for the next lower place, and then for the next one after that.

## The spring

It begins with rain, high up. Some of it runs off at once; most sinks in, and comes out weeks later somewhere below, cold and
clear. *Nobody can say where exactly a river begins*: there is always a wetter patch a little further up.

## What it carries

- fine silt, which makes the water brown after a storm,
- gravel, which it moves only on its few wild days,
- leaves, seeds, and now and then a boat.

> A river is the land on its way to the sea.

| where | width | speed |
| --- | ---: | ---: |
| spring | 0.3 m | 0.2 m/s |
| valley | 14 m | 1.1 m/s |
| estuary | 900 m | 0.4 m/s |

## The end, which is none

At the mouth it slows down and drops all that it has carried so far. The land grows there, a hand's breadth every year, and the
river has to go a little further. See also the [map of the valley](https://maps.example/valley), and the little program that
drew it:

\`\`\`
function lower(place) {
  return neighbours(place).sort((a, b) => a.height - b.height)[0];
}
\`\`\``,
  },
  {
    title: 'A bread that takes two days',
    description: 'Flour, water, salt, and patience: why slow dough tastes better, hour by hour.',
    tags: ['KITCHEN', 'PATIENCE'],
    draftText:
      'On the first evening you do almost nothing. **Stir, cover, go to bed.**\n\nThe second day is for folding: four times, half an hour apart.',
  },
  {
    title: 'What the lighthouse keeper knew',
    description: 'Forty years of weather in eleven notebooks, and what they say about the coast today.',
    tags: ['HISTORY', 'WATER'],
    draftText: 'He wrote down the wind three times a day, and once a week what he thought of it.',
  },
  {
    title: 'Learning to draw at sixty',
    description: 'You need a pencil, a cup that you like, and the courage to be bad at something for a year.',
    tags: ['ART', 'PATIENCE'],
    draftText:
      'The first cup looked like a hat. The hundredth looked like a cup. *In between lies everything worth knowing.*',
  },
  {
    title: 'The night train is coming back',
    description: 'Fall asleep in one country, wake up in another: which lines run again, and who rides them.',
    tags: ['TRAVEL'],
    draftText:
      'At half past nine the lights go down, and the corridor belongs to those who cannot sleep yet.',
  },
  {
    title: 'Seven trees to know by their bark',
    description: 'In winter there are no leaves to go by. There is something better.',
    tags: ['NATURE', 'WALKING'],
    draftText: 'Birch is easy. Begin with beech: grey, smooth, like the leg of an elephant.',
  },
  {
    title: 'Small clocks, large clocks',
    description: 'What keeps a town on time: a visit to the people who wind the towers by hand.',
    tags: ['HISTORY', 'CRAFT'],
    draftText: 'Ninety-two steps up, forty turns of the crank, once a day, on Sundays too.',
  },
  {
    title: 'Why the violin has f-shaped holes',
    description:
      'They were round once. Two hundred years of trying made them longer, and the sound stronger.',
    tags: ['MUSIC', 'CRAFT'],
    draftText:
      'Air has to get out of the box, and it gets out along the edge of the hole, not through its middle.',
  },
  {
    title: 'A garden on the fourth floor',
    description: 'Tomatoes, mint and one stubborn fig: what grows where the wind never stops.',
    tags: ['NATURE', 'KITCHEN'],
    draftText: 'Wind dries faster than sun. Everything else follows from that.',
  },
  {
    title: 'The library that lends tools',
    description: 'Drills, ladders, a cement mixer: who needs to own what is used one day in a year?',
    tags: ['CRAFT', 'NEIGHBOURS'],
    draftText: 'The most wanted thing is not the drill. It is the long ladder.',
  },
  {
    title: 'Reading the sky before rain',
    description: 'Swallows, halos and a wind that turns: old signs, and which of them hold.',
    tags: ['NATURE', 'WATER'],
    draftText: 'A ring around the moon is worth an umbrella about two times out of three.',
  },
  {
    title: 'Letters that took a year',
    description: 'How two families on two sides of an ocean kept a conversation going for a century.',
    tags: ['HISTORY', 'NEIGHBOURS'],
    draftText:
      'An answer came when the question was long forgotten, and so every letter repeats the one before.',
  },
];

/** What readers say of the first of them, with answers. */
export const comments: readonly { readonly text: string; readonly answers: readonly string[] }[] = [
  {
    text: 'I grew up at the mouth of such a river. The new land at the end of the lane is older than my daughter, and younger than my son.',
    answers: ['Which river is it, if I may ask?', 'The Linde. You will not find it on many maps.'],
  },
  { text: 'The table surprised me: I would have thought that the estuary is the fastest part.', answers: [] },
  {
    text: 'Thank you for this.\n\nI read it aloud to my class, and we followed the brook behind the school the same day.',
    answers: [],
  },
];
