//! The engine beside a node that runs the published contracts of Uniswap v2.
