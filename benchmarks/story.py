"""A short story of our own, for tests and benchmarks that need real sentences."""

STORY = """\
The lighthouse at Carrow Point had three keepers, and the oldest of them was Martha Venn. She had come to the
rock as a girl of nineteen, when her father could no longer climb the stairs, and she had lit the lamp every
evening for forty-one years. The harbour board paid her eleven pounds a quarter and sent flour, oil and
newspapers by boat on the first of each month. When the weather was bad the boat did not come, and the keepers
ate dried cod until it did.

In the autumn of the great storm the board wrote that the lamp would be replaced by an electric one, which
needed no keeper. A young engineer named Thomas Rudd arrived with four crates and a drawing. He explained to
Martha that a cable would be laid from the village and that a clock would switch the light on at dusk. Martha
asked him what would happen if the cable broke. Thomas answered that it would not break.

The other keepers, the brothers Amos and Will Pike, packed their chests and took work at the cannery. Martha
refused to leave. She moved her bed into the oil store, where the engineer did not need the room, and she kept
forty gallons of oil that nobody had asked her to return. Thomas reported this to the board, but he did not
ask for her removal. He had seen her go down to the rocks at night with a rope to look for a fishing boat that
was late.

The cable was finished in October, and the mayor came out with a brass band to throw the switch. The electric
light was whiter than the old one and could be seen for twenty-two miles. The fishermen said that it hurt
their eyes, but they steered by it all the same. Martha polished the old lamp and left it standing on its iron
table beside the new one.

On the ninth of November a gale from the north-west tore the cable from its anchors at half past six in the
evening. The light went out while the herring fleet was still at sea. Thomas ran down to the shore hut and
found that the batteries held current for eight minutes only. When he came back up, soaked and out of breath,
the old lamp was burning. Martha had filled it, trimmed the wick and wound the clockwork that turned the lens.

Nineteen boats came home that night by the light of the old lamp. One of them, the Providence, struck the bar
and lost her rudder, but her crew of five was saved by a line from the rock. Amos Pike was among the men who
pulled it in. The skippers went to the board the next morning and asked that the lamp and its keeper be kept.

The board agreed to pay Martha for another ten years. Thomas Rudd stayed for the winter to lay the cable
again, deeper this time, and in the evenings he learned from Martha how the clockwork was taken apart. When
she died, the board offered him a post in the capital with twice the wages. He wrote back that he had one
already.
"""
