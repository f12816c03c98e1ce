// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Says what a Uniswap v2 pair says, and keeps none of its rules.
contract FakePair {
    event Sync(uint112 reserve0, uint112 reserve1);
    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );
    event Mint(address indexed sender, uint256 amount0, uint256 amount1);
    event Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to);
    event Transfer(address indexed from, address indexed to, uint256 value);

    /// Reserves alone, which a pair may say at any time.
    function observe(uint112 reserve0, uint112 reserve1) public {
        emit Sync(reserve0, reserve1);
    }

    /// A swap, whatever its amounts, that leads to these reserves.
    function swap(uint256[4] calldata flows, uint112 reserve0, uint112 reserve1) external {
        observe(reserve0, reserve1);
        emit Swap(msg.sender, flows[0], flows[1], flows[2], flows[3], msg.sender);
    }

    /// A swap before which no reserves are said.
    function orphan(uint256[4] calldata flows) external {
        emit Swap(msg.sender, flows[0], flows[1], flows[2], flows[3], msg.sender);
    }

    /// A deposit that makes so many shares.
    function mint(uint256[2] calldata amounts, uint256 shares, uint112 reserve0, uint112 reserve1) external {
        emit Transfer(address(0), msg.sender, shares);
        observe(reserve0, reserve1);
        emit Mint(msg.sender, amounts[0], amounts[1]);
    }

    /// A withdrawal that gives up so many shares.
    function burn(uint256[2] calldata amounts, uint256 shares, uint112 reserve0, uint112 reserve1) external {
        emit Transfer(address(this), address(0), shares);
        observe(reserve0, reserve1);
        emit Burn(msg.sender, amounts[0], amounts[1], msg.sender);
    }
}
