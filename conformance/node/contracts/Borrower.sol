// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

interface IPair {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function swap(uint256 out0, uint256 out1, address to, bytes calldata data) external;
}

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
}

/// Takes tokens from a pair first and pays for them from what it has (`swap` with data).
contract Borrower {
    function borrow(address pair, uint256[2] calldata out, uint256[2] calldata back) external {
        IPair(pair).swap(out[0], out[1], address(this), abi.encode(back));
    }

    function uniswapV2Call(address, uint256, uint256, bytes calldata data) external {
        uint256[2] memory back = abi.decode(data, (uint256[2]));
        if (back[0] > 0) IToken(IPair(msg.sender).token0()).transfer(msg.sender, back[0]);
        if (back[1] > 0) IToken(IPair(msg.sender).token1()).transfer(msg.sender, back[1]);
    }
}
